/* SPDX-License-Identifier: MIT */
/*
 * Messages for people and for jq; see show.h.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "show.h"
#include "term.h"

/* Length of the UTF-8 character at p; 0: none, or a control character. */
static size_t character(const unsigned char *p, size_t left)
{
	const size_t n = *p < 0x80 ? 1 : *p >= 0xc2 && *p < 0xe0 ? 2 : (*p & 0xf0) == 0xe0 ? 3 :
			 *p >= 0xf0 && *p < 0xf5 ? 4 : 0;

	if (n == 0 || n > left || *p < 0x20 || *p == 0x7f)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	/* U+0080 to U+009F control too; forms that are too long, and surrogates, are none. */
	if ((p[0] == 0xc2 && p[1] < 0xa0) || (p[0] == 0xe0 && p[1] < 0xa0) ||
	    (p[0] == 0xed && p[1] >= 0xa0) || (p[0] == 0xf0 && p[1] < 0x90) ||
	    (p[0] == 0xf4 && p[1] >= 0x90))
		return 0;
	return n;
}

static bool is_text(const unsigned char *p, size_t len)
{
	while (len > 0) {
		size_t n = character(p, len);

		if (n == 0 && strchr("\t\n\r", *p) != NULL && *p != '\0')
			n = 1;
		if (n == 0)
			return false;
		p += n;
		len -= n;
	}
	return true;
}

static void print_text(const unsigned char *p, size_t len)
{
	while (len > 0) {
		const size_t n = character(p, len);

		if (n > 0 && *p != '\\' && (n == 1 || term_utf8())) {
			fwrite(p, 1, n, stdout);
			p += n;
			len -= n;
			continue;
		}
		if (*p == '\n' || *p == '\t' || *p == '\r' || *p == '\\')
			printf("\\%c", *p == '\n'   ? 'n'
				       : *p == '\t' ? 't'
				       : *p == '\r' ? 'r'
						    : '\\');
		else
			printf("\\x%02x", *p);
		p++;
		len--;
	}
}

static void print_hex(const unsigned char *p, size_t len)
{
	for (size_t at = 0; at < len; at += 16) {
		const size_t n = len - at < 16 ? len - at : 16;

		printf("  %s%06zx%s ", term_style(TERM_DIM), at, term_style(TERM_PLAIN));
		for (size_t i = 0; i < 16; i++) {
			if (i % 8 == 0)
				putchar(' ');
			if (i < n)
				printf("%02x ", p[at + i]);
			else
				fputs("   ", stdout);
		}
		printf(" %s", term_style(TERM_GOOD));
		for (size_t i = 0; i < n; i++)
			putchar(p[at + i] >= 0x20 && p[at + i] < 0x7f ? p[at + i] : '.');
		printf("%s\n", term_style(TERM_PLAIN));
	}
}

/* Text if JSON can say it, else base64. */
static json_t *data_json(const unsigned char *p, size_t len, const char **encoding)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	json_t *it = json_stringn((const char *)p, len);
	char *text, *to;

	*encoding = "utf-8";
	if (it != NULL)
		return it;
	*encoding = "base64";
	text = to = malloc((len + 2) / 3 * 4 + 1);
	if (text == NULL)
		return NULL;
	for (size_t i = 0; i < len; i += 3) {
		const unsigned bits = (unsigned)p[i] << 16 |
				      (i + 1 < len ? (unsigned)p[i + 1] << 8 : 0) |
				      (i + 2 < len ? (unsigned)p[i + 2] : 0);

		*to++ = digits[bits >> 18];
		*to++ = digits[bits >> 12 & 63];
		*to++ = i + 1 < len ? digits[bits >> 6 & 63] : '=';
		*to++ = i + 2 < len ? digits[bits & 63] : '=';
	}
	*to = '\0';
	it = json_string(text);
	free(text);
	return it;
}

static void show_json(const char *command, const char *queue, const struct nabd_msg *msg)
{
	const char *encoding;
	json_t *data = data_json(msg->len > 0 ? msg->data : (const unsigned char *)"", msg->len,
				 &encoding);

	tool_print_json(json_pack("{s:s, s:s, s:I, s:I, s:b, s:s, s:o}", "command", command,
				  "queue", queue, "sequence", (json_int_t)msg->sequence, "length",
				  (json_int_t)msg->len, "redelivered",
				  (msg->flags & NABD_MSG_REDELIVERED) != 0, "encoding", encoding,
				  "data", data));
}

void show_message(const char *command, const char *queue, enum show_kind kind,
		  const struct nabd_msg *msg)
{
	char size[TERM_TEXT];

	if (tool_settings.json) {
		show_json(command, queue, msg);
		return;
	}
	if (kind == SHOW_AUTO)
		kind = is_text(msg->data, msg->len) ? SHOW_TEXT : SHOW_HEX;
	printf("%s%10llu%s %s%9s%s%s", term_style(TERM_NAME), (unsigned long long)msg->sequence,
	       term_style(TERM_PLAIN), term_style(TERM_DIM), term_bytes(size, msg->len),
	       term_style(TERM_PLAIN), msg->len > 0 && kind == SHOW_TEXT ? "  " : "");
	if (kind == SHOW_TEXT)
		print_text(msg->data, msg->len);
	putchar('\n');
	if (kind == SHOW_HEX)
		print_hex(msg->data, msg->len);
}
