/* SPDX-License-Identifier: MIT */
/* Text into a caller's buffer. */
#include <stdarg.h>
#include <stdio.h>

#include <nabd/nabd.h>

#include "text.h"

void nabdi_text_begin(struct nabdi_text *text, char *buf, size_t size)
{
	*text = (struct nabdi_text){.buf = buf, .size = size};
	if (size > 0)
		buf[0] = '\0';
}

void nabdi_text_add(struct nabdi_text *text, const char *format, ...)
{
	const size_t left = text->len < text->size ? text->size - text->len : 0;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(left > 0 ? text->buf + text->len : NULL, left, format, args);
	va_end(args);
	if (n > 0)
		text->len += (size_t)n;
}

/* What neither would take as it is stands for nothing that a name may hold. */
void nabdi_text_quoted(struct nabdi_text *text, const char *string)
{
	nabdi_text_add(text, "\"");
	for (; *string != '\0'; string++) {
		if (*string == '\n')
			nabdi_text_add(text, "\\n");
		else if (*string == '"' || *string == '\\')
			nabdi_text_add(text, "\\%c", *string);
		else
			nabdi_text_add(text, "%c", *string >= ' ' && *string <= '~' ? *string : '_');
	}
	nabdi_text_add(text, "\"");
}

void nabdi_text_fraction(struct nabdi_text *text, uint64_t part, uint64_t whole, unsigned digits)
{
	uint64_t rest = whole != 0 ? part % whole : 0;

	nabdi_text_add(text, "%llu", (unsigned long long)(whole != 0 ? part / whole : 0));
	if (digits > 0)
		nabdi_text_add(text, ".");
	for (unsigned i = 0; i < digits; i++) {
		rest *= 10;
		nabdi_text_add(text, "%u", (unsigned)(whole != 0 ? rest / whole : 0));
		rest = whole != 0 ? rest % whole : 0;
	}
}

int nabdi_text_end(const struct nabdi_text *text, size_t *len)
{
	*len = text->len;
	return text->len < text->size ? NABD_OK : NABD_BUFFER;
}
