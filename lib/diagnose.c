/* SPDX-License-Identifier: MIT */
/* The file behind a name and its header, field by field. */
#include <string.h>

#include "diagnose.h"

#include "crc32c.h"
#include "probe.h"

static const char *right(bool is)
{
	return is ? "" : "Wrong: ";
}

/* ------------------------------------------------------------------ the header */

static void say_beginning(const uint8_t *first, size_t got, struct nabdi_text *text)
{
	bool zero = true;

	for (size_t i = 0; i < got; i++)
		zero = zero && first[i] == 0;
	if (got == 0) {
		nabdi_text_add(text, "Wrong: the file is empty. nabd never leaves such a one.\n");
		return;
	}
	if (zero) {
		nabdi_text_add(text, "Wrong: it begins with zeroes: half made by something other "
				     "than nabd, or wiped.\n");
		return;
	}
	nabdi_text_add(text, "Wrong: it begins with");
	for (size_t i = 0; i < got && i < sizeof(NABD_SHM_MAGIC); i++)
		nabdi_text_add(text, " %02x", first[i]);
	nabdi_text_add(text, ", where a queue has 6e 61 62 64 0d 0a 1a 00. It is no queue of nabd, "
			     "or its beginning was overwritten.\n");
}

static void say_number(struct nabdi_text *text, const char *field, uint64_t is, uint64_t wanted,
		       const char *what)
{
	nabdi_text_add(text, "%sThe field %s is %llu", right(is == wanted), field,
		       (unsigned long long)is);
	if (is != wanted)
		nabdi_text_add(text, ", and should be %llu", (unsigned long long)wanted);
	nabdi_text_add(text, ": %s.\n", what);
}

/* What the sizes must be if the four that the maker chose are right. */
static void say_sizes(const struct nabd_shm_identity *id, struct nabdi_text *text)
{
	struct nabdi_geometry g;
	const bool power = id->align >= 8 && (id->align & (id->align - 1)) == 0 &&
			   (id->slots & (id->slots - 1)) == 0 && id->page >= NABD_SHM_MIN_PAGE &&
			   id->page <= NABD_SHM_MAX_PAGE && (id->page & (id->page - 1)) == 0;

	nabdi_text_add(text,
		       "It has %lu slots of %lu bytes, aligned to %lu, made with pages of %lu.\n",
		       (unsigned long)id->slots, (unsigned long)id->slot_size,
		       (unsigned long)id->align, (unsigned long)id->page);
	if (!power || nabdi_layout_plan(id->slots, id->slot_size, id->align, id->page, id->features,
					&g) != NABD_OK) {
		nabdi_text_add(text, "Wrong: there can't be a queue of these sizes here.\n");
		return;
	}
	say_number(text, "groups", id->groups, NABD_SHM_GROUPS, "groups");
	say_number(text, "stride", id->stride, g.stride, "bytes from slot to slot");
	say_number(text, "consumer_off", id->consumer_off, g.consumer_off,
		   "where the consumer region begins");
	say_number(text, "slots_off", id->slots_off, g.slots_off, "where the slots begin");
	say_number(text, "total", id->total, g.total, "bytes of the file");
	nabdi_text_add(text, "%sA page of this machine has %lu bytes.\n",
		       right(id->page % nabdi_os_page() == 0), (unsigned long)nabdi_os_page());
}

static void say_header(const struct nabd_shm_identity *id, struct nabdi_text *text)
{
	const uint32_t crc = nabdi_crc32c(0, id, offsetof(struct nabd_shm_identity, crc));
	const uint64_t unknown = id->features & ~(uint64_t)NABD_SHM_FEATURES;

	if (id->byte_order != NABD_SHM_BYTE_ORDER) {
		nabdi_text_add(text, "Wrong: the byte order is %08lx, and here %08lx. %s\n",
			       (unsigned long)id->byte_order, (unsigned long)NABD_SHM_BYTE_ORDER,
			       id->byte_order == 0x04030201u
				       ? "It was made by a machine of the other order."
				       : "It is none: the header is damaged.");
		return;
	}
	nabdi_text_add(text, "The byte order is this machine's.\n");
	say_number(text, "version", id->version, NABD_SHM_VERSION, "version of the format");
	if (id->version != NABD_SHM_VERSION)
		return; /* whose header may look otherwise from here on */
	nabdi_text_add(text, "%sThe checksum of the header is %08lx", right(id->crc == crc),
		       (unsigned long)id->crc);
	nabdi_text_add(text, id->crc == crc ? ", as it should be.\n"
					    : ", and should be %08lx: some of it is damaged.\n",
		       (unsigned long)crc);
	nabdi_text_add(text, "%sIts features are %llx.\n", right(unknown == 0),
		       (unsigned long long)id->features);
	if (unknown != 0)
		nabdi_text_add(text, "This library does not know %llx of them: a newer one made "
				     "it.\n",
			       (unsigned long long)unknown);
	say_sizes(id, text);
}

static void say_length(const struct nabdi_os_file *file, uint64_t total, struct nabdi_text *text)
{
	if (file->bytes != total)
		nabdi_text_add(text,
			       "Wrong: the file has %llu bytes, and its header says %llu: it was "
			       "%s.\n",
			       (unsigned long long)file->bytes, (unsigned long long)total,
			       file->bytes < total ? "cut off" : "made longer");
	if (file->allocated < total)
		nabdi_text_add(text,
			       "Wrong: it has holes: only %llu of %llu bytes are there. A copy "
			       "made by a tool that leaves zeroes out?\n",
			       (unsigned long long)file->allocated, (unsigned long long)total);
}

/* -------------------------------------------------------------------- the file */

static void say_access(const struct nabdi_os_file *file, int rc, struct nabdi_text *text)
{
	nabdi_text_add(text, "It is a file of %llu bytes, of the user %lu.\n",
		       (unsigned long long)file->bytes, (unsigned long)file->owner);
	if (rc == NABD_NOTFOUND)
		nabdi_text_add(text, "Wrong: its name was removed this moment.\n");
	if (rc == NABD_UNSAFE)
		nabdi_text_add(text,
			       "Wrong: it has %lu names (hard links), and a queue has one: somebody "
			       "may have put a file of another place here.\n",
			       (unsigned long)file->links);
	if (rc == NABD_OWNER)
		nabdi_text_add(text, "Wrong: that is neither you, the user %lu, nor one that you "
				     "accept.\n",
			       (unsigned long)nabdi_os_user());
}

static int end_of_header(const struct nabdi_segment *s, const struct nabd_shm_identity *id,
			 size_t got, struct nabdi_text *text)
{
	struct nabdi_geometry g;
	int rc = nabdi_layout_check(id, got, s->file.bytes, nabdi_os_page(), &g);

	if (rc == NABD_OK && s->file.allocated < g.total)
		rc = NABD_TRUNCATED;
	if (rc == NABD_OK || rc == NABD_TRUNCATED)
		say_length(&s->file, id->total, text);
	if (rc == NABD_OK)
		nabdi_text_add(text, "The header is sound.\n");
	if (rc == NABD_RANGE)
		nabdi_text_add(text, "Wrong: it is too large for this 32-bit process.\n");
	return rc;
}

int nabdi_diagnose_file(const struct nabdi_segment *segment, const struct nabdi_owners *owners,
			struct nabdi_text *text)
{
	struct nabd_shm_identity id = {0};
	size_t got = 0;
	int rc = nabdi_segment_accept(&segment->file, owners);

	say_access(&segment->file, rc, text);
	if (rc == NABD_OK)
		rc = nabdi_os_read(segment->fd, &id, sizeof(id), &got);
	if (rc != NABD_OK)
		return rc;
	if (!nabdi_layout_is_queue(&id, got)) {
		say_beginning((const uint8_t *)&id, got, text);
		return NABD_NOTQUEUE;
	}
	nabdi_text_add(text, "It begins as a queue of nabd does.\n");
	if (got < sizeof(id)) {
		nabdi_text_add(text, "Wrong: it is cut off within the header, after %lu of %lu "
				     "bytes.\n",
			       (unsigned long)got, (unsigned long)sizeof(id));
		return NABD_TRUNCATED;
	}
	say_header(&id, text);
	return end_of_header(segment, &id, got, text);
}

/* ------------------------------------------------------------------------ all of it */

struct nabdi_owners nabdi_diagnose_owners(const struct nabd_opts *opts)
{
	return (struct nabdi_owners){
		.anyone = (opts->flags & NABD_ANY_OWNER) != 0,
		.also = (opts->flags & NABD_OWNER_UID) != 0,
		.also_uid = opts->owner,
	};
}

static void say_not_opened(int rc, struct nabdi_text *text)
{
	switch (rc) {
	case NABD_NOTFOUND:
		nabdi_text_add(text, "There is no file of that name.\n");
		break;
	case NABD_ACCESS:
		nabdi_text_add(text, "Wrong: its permissions, or those of the directory, do not let "
				     "you read it.\n");
		break;
	case NABD_UNSAFE:
		nabdi_text_add(text, "Wrong: it is a symbolic link, a directory, a FIFO, a socket or "
				     "a device, and a queue is a plain file.\n");
		break;
	default:
		nabdi_text_add(text, "Wrong: it can't be opened: %s.\n", nabd_strerror(rc));
	}
}

/* The rest of a sound file needs its mapping. */
static int map_and_say(const struct nabdi_place *place, const struct nabdi_owners *owners,
		       struct nabdi_text *text)
{
	struct nabdi_segment segment;
	int rc = nabdi_segment_find(place, owners, false, false, &segment);

	if (rc != NABD_OK) {
		nabdi_text_add(text, "Wrong: it can't be mapped: %s.\n", nabd_strerror(rc));
		return rc;
	}
	rc = nabdi_diagnose_queue(&segment, text);
	nabdi_segment_leave(place, &segment);
	return rc;
}

static int say_all(const struct nabdi_place *place, const struct nabdi_owners *owners,
		   struct nabdi_text *text)
{
	struct nabdi_segment segment;
	int rc = nabdi_segment_open(place, false, &segment);

	if (rc != NABD_OK) {
		say_not_opened(rc, text);
		return rc;
	}
	rc = nabdi_diagnose_file(&segment, owners, text);
	nabdi_segment_leave(place, &segment);
	return rc == NABD_OK ? map_and_say(place, owners, text) : rc;
}

int nabdi_diagnose(const char *name, const struct nabd_opts *opts, struct nabdi_text *text)
{
	const struct nabdi_owners owners = nabdi_diagnose_owners(opts);
	struct nabdi_place place;
	int rc = nabdi_place_find(name, opts->dir, &place);

	nabdi_text_add(text, "The name ");
	nabdi_text_quoted(text, name);
	nabdi_text_add(text, " in the directory ");
	nabdi_text_quoted(text, opts->dir != NULL ? opts->dir : nabdi_os_default_dir());
	nabdi_text_add(text, ":\n");
	if (rc == NABD_NAME)
		nabdi_text_add(text, "Wrong: a queue's name is up to 191 of A-Z a-z 0-9 . _ - and "
				     "begins with a letter or digit.\n");
	else if (rc != NABD_OK)
		nabdi_text_add(text, "Wrong: the directory can't be used: %s.\n", nabd_strerror(rc));
	if (rc == NABD_OK) {
		rc = say_all(&place, &owners, text);
		nabdi_place_leave(&place);
	}
	nabdi_text_add(text, "In one word: %s, %s.\n", nabd_error_name(rc), nabd_strerror(rc));
	nabd_probe2(diagnose, name, rc);
	return rc;
}
