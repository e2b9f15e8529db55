// SPDX-License-Identifier: MIT
// iceoryx: untyped publisher and subscriber that copy in and out, as the others here do,
// asked without sleeping; a full queue holds the publisher. Its daemon is started with the
// first sample and ends with side A.
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <new>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <iceoryx_posh/mepoo/chunk_header.hpp>
#include <iceoryx_posh/popo/untyped_publisher.hpp>
#include <iceoryx_posh/popo/untyped_subscriber.hpp>
#include <iceoryx_posh/runtime/posh_runtime.hpp>

#include "../peer.h"

namespace {

constexpr uint32_t kSlots = 256; // the longest queue of a subscriber

struct IceEnd {
	std::unique_ptr<iox::popo::UntypedPublisher> publisher;
	std::unique_ptr<iox::popo::UntypedSubscriber> subscriber;
};

inline bool peer_send(IceEnd *e, const unsigned char *from, uint32_t size)
{
	auto loan = e->publisher->loan(size);

	if (loan.has_error())
		return false;
	std::memcpy(loan.value(), from, size);
	e->publisher->publish(loan.value());
	return true;
}

inline bool peer_receive(IceEnd *e, unsigned char *to, uint32_t room, uint32_t *len)
{
	auto taken = e->subscriber->take();

	if (taken.has_error())
		return false;
	*len = iox::mepoo::ChunkHeader::fromUserPayload(taken.value())->userPayloadSize();
	if (*len <= room)
		std::memcpy(to, taken.value(), *len);
	e->subscriber->release(taken.value());
	return true;
}

} // namespace

#include "../peer_loops.h"

namespace {

pid_t daemon_pid, daemon_parent;

// It removes its memory when it is told to end, and needs a while for it.
void end_daemon()
{
	if (daemon_pid <= 0 || getpid() != daemon_parent)
		return;
	kill(daemon_pid, SIGTERM);
	waitpid(daemon_pid, nullptr, 0);
}

// Side A makes the daemon; either side tells it who it is, once.
void take_part(const peer_place *place)
{
	static bool there;
	const pid_t parent = getpid();

	if (there)
		return;
	there = true;
	if (place->first) {
		daemon_parent = parent;
		daemon_pid = fork();
		std::atexit(end_daemon);
	}
	if (place->first && daemon_pid == 0) {
		sigset_t none;

		// Opening is done with all signals blocked; the daemon ends by one.
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, nullptr);
		dup2(open("/dev/null", O_RDWR), STDOUT_FILENO);
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		if (getppid() == parent)
			execlp("iox-roudi", "iox-roudi", "--monitoring-mode", "off", "--log-level",
			       "off", static_cast<char *>(nullptr));
		_exit(127);
	}
	iox::runtime::PoshRuntime::initRuntime(
		iox::RuntimeName_t(iox::cxx::TruncateToCapacity,
				   std::string("nabd-bench-") + std::to_string(parent)));
}

void *ice_open(const peer_place *place)
{
	take_part(place);
	const iox::capro::ServiceDescription service{
		"nabd", "bench", iox::capro::IdString_t(iox::cxx::TruncateToCapacity,
							std::string(place->name))};
	auto e = std::make_unique<IceEnd>();

	if (place->sends) {
		iox::popo::PublisherOptions options;
		options.subscriberTooSlowPolicy =
			iox::popo::ConsumerTooSlowPolicy::WAIT_FOR_CONSUMER;
		e->publisher = std::make_unique<iox::popo::UntypedPublisher>(service, options);
	} else {
		iox::popo::SubscriberOptions options;
		options.queueCapacity = kSlots;
		options.queueFullPolicy = iox::popo::QueueFullPolicy::BLOCK_PRODUCER;
		e->subscriber = std::make_unique<iox::popo::UntypedSubscriber>(service, options);
	}
	return e.release();
}

// What is published before the daemon has brought the two together is for nobody.
bool ice_ready(void *end)
{
	auto *e = static_cast<IceEnd *>(end);

	return e->publisher ? e->publisher->hasSubscribers()
			    : e->subscriber->getSubscriptionState() ==
				      iox::SubscribeState::SUBSCRIBED;
}

void ice_close(void *end, const peer_place *)
{
	delete static_cast<IceEnd *>(end);
}

using End = IceEnd;
const peer peers[] = {
	{"iceoryx", 0, 0, 16384, kSlots, nullptr, ice_open, ice_ready, ice_close,
	 peer_stream_out<End>, peer_stream_in<End>, peer_ping<End>, peer_pong<End>,
	 peer_paced_out<End>, peer_paced_in<End>},
	{},
};

} // namespace

const peer *nabd_bench_peers(const peer_host *given)
{
	peer_host_is(given);
	return peers;
}
