/* SPDX-License-Identifier: MIT */
/* Backpressure: watermarks, with hysteresis. */
#include "pressure.h"

#define LOOKS_A_LAP 16u /* while pressured, to find out that it is over */

int nabdi_pressure_set(struct nabdi_pressure *pressure, nabd_t *q,
		       const struct nabd_backpressure *bp, uint64_t slots)
{
	if (bp == NULL) {
		*pressure = (struct nabdi_pressure){.on = false};
		return NABD_OK;
	}
	if (bp->high < 1 || bp->high > 100 || bp->low >= bp->high || bp->reserved != 0)
		return NABD_INVALID;
	*pressure = (struct nabdi_pressure){
		.on = true,
		.slots = slots,
		.high_at = (slots * bp->high + 99) / 100,
		.low_at = slots * bp->low / 100,
		.q = q,
		.told = *bp,
	};
	return NABD_OK;
}

static void call(void (*whom)(nabd_t *q, void *arg), const struct nabdi_pressure *pressure)
{
	if (whom != NULL)
		whom(pressure->q, pressure->told.arg);
}

static void show(const struct nabdi_pressure *pressure)
{
	if (pressure->shown != NULL)
		nabdi_note_value(pressure->shown, pressure->high);
}

void nabdi_pressure_see(struct nabdi_pressure *pressure, uint64_t fill)
{
	const bool was_full = pressure->full;

	pressure->full = fill >= pressure->slots;
	if (!pressure->high && fill >= pressure->high_at) {
		pressure->high = true;
		show(pressure);
		call(pressure->told.on_high, pressure);
	} else if (pressure->high && fill <= pressure->low_at) {
		pressure->high = false;
		show(pressure);
		call(pressure->told.on_low, pressure);
	}
	if (pressure->full && !was_full)
		call(pressure->told.on_full, pressure);
}

uint64_t nabdi_pressure_room(const struct nabdi_pressure *pressure, uint64_t fill)
{
	if (!pressure->high)
		return pressure->high_at - fill;
	return pressure->slots > LOOKS_A_LAP ? pressure->slots / LOOKS_A_LAP : 1;
}
