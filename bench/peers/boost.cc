// SPDX-License-Identifier: MIT
// Boost's two: lockfree::spsc_queue, whose element has a type and so a size of its own
// that the compiler knows, without a length; and interprocess::message_queue, which is
// asked without sleeping.
#include <boost/interprocess/ipc/message_queue.hpp>
#include <boost/lockfree/spsc_queue.hpp>
#include <cstring>
#include <memory>
#include <new>

#include "../peer.h"

namespace {

constexpr uint32_t kSlots = 1024;

template <uint32_t Size> struct Element {
	unsigned char bytes[Size];
};

template <uint32_t Size> struct SpscEnd {
	using Queue = boost::lockfree::spsc_queue<Element<Size>,
						  boost::lockfree::capacity<kSlots>>;
	Queue *queue;
};

template <uint32_t Size>
inline bool peer_send(SpscEnd<Size> *e, const unsigned char *from, uint32_t)
{
	return e->queue->push(*reinterpret_cast<const Element<Size> *>(from));
}

template <uint32_t Size>
inline bool peer_receive(SpscEnd<Size> *e, unsigned char *to, uint32_t, uint32_t *len)
{
	*len = Size;
	return e->queue->pop(*reinterpret_cast<Element<Size> *>(to));
}

struct MqEnd {
	std::unique_ptr<boost::interprocess::message_queue> queue;
};

inline bool peer_send(MqEnd *e, const unsigned char *from, uint32_t size)
{
	return e->queue->try_send(from, size, 0);
}

inline bool peer_receive(MqEnd *e, unsigned char *to, uint32_t room, uint32_t *len)
{
	boost::interprocess::message_queue::size_type got;
	unsigned priority;

	if (!e->queue->try_receive(to, room, got, priority))
		return false;
	*len = static_cast<uint32_t>(got);
	return true;
}

} // namespace

#include "../peer_loops.h"

namespace {

template <uint32_t Size> size_t spsc_room(uint32_t, uint32_t)
{
	return sizeof(typename SpscEnd<Size>::Queue);
}

template <uint32_t Size> void *spsc_open(const peer_place *place)
{
	using Queue = typename SpscEnd<Size>::Queue;

	if (place->first)
		new (place->memory) Queue;
	return new (std::nothrow) SpscEnd<Size>{static_cast<Queue *>(place->memory)};
}

template <uint32_t Size> void spsc_close(void *end, const peer_place *)
{
	delete static_cast<SpscEnd<Size> *>(end);
}

template <uint32_t Size> constexpr peer spsc()
{
	using End = SpscEnd<Size>;

	return {"boost spsc_queue", 0, Size, Size, kSlots, spsc_room<Size>, spsc_open<Size>,
		nullptr, spsc_close<Size>, peer_stream_out<End>, peer_stream_in<End>, peer_ping<End>,
		peer_pong<End>, peer_paced_out<End>, peer_paced_in<End>};
}

void *mq_open(const peer_place *place)
{
	namespace ipc = boost::interprocess;

	try {
		auto e = std::make_unique<MqEnd>();
		e->queue = place->first
				   ? std::make_unique<ipc::message_queue>(
					     ipc::create_only, place->name, place->slots, place->size)
				   : std::make_unique<ipc::message_queue>(ipc::open_only,
									  place->name);
		return e.release();
	} catch (const ipc::interprocess_exception &) {
		return nullptr;
	}
}

void mq_close(void *end, const peer_place *place)
{
	delete static_cast<MqEnd *>(end);
	if (place->first)
		boost::interprocess::message_queue::remove(place->name);
}

const peer peers[] = {
	spsc<8>(), spsc<56>(), spsc<64>(), spsc<256>(), spsc<1024>(), spsc<4096>(),
	{"boost message_queue", 0, 0, 65536, 0, nullptr, mq_open, nullptr, mq_close, peer_stream_out<MqEnd>,
	 peer_stream_in<MqEnd>, peer_ping<MqEnd>, peer_pong<MqEnd>, peer_paced_out<MqEnd>,
	 peer_paced_in<MqEnd>},
	{},
};

} // namespace

const peer *nabd_bench_peers(const peer_host *given)
{
	peer_host_is(given);
	return peers;
}
