/* SPDX-License-Identifier: MIT */
/*
 * The arithmetic of histograms: every age has its bucket, which is as narrow as nabd.h says;
 * percentiles against ages that were sorted; differences; words that were scribbled over.
 */
#include <stdlib.h>
#include <string.h>

#include "latency.h"
#include "unit.h"

static struct nabd_shm_latency shm;

/* What the readers of a queue would tell that have counted in shm alone. */
static struct nabd_latency told(void)
{
	struct nabd_latency l = {.size = sizeof(l)};

	for (unsigned i = 0; i < NABD_SHM_BUCKETS; i++) {
		l.bucket[i] = cell_load_relaxed(&shm.bucket[i]);
		l.count += l.bucket[i];
	}
	l.sum_ns = cell_load_relaxed(&shm.sum_ns);
	l.max_ns = cell_load_relaxed(&shm.max_ns);
	l.unmeasured = cell_load_relaxed(&shm.unmeasured);
	return l;
}

static struct nabd_latency_summary summary_of(const struct nabd_latency *l)
{
	struct nabd_latency_summary s;

	nabdi_latency_summary(l, &s);
	return s;
}

/* The bounds as nabd.h says them. */
static uint64_t bound(unsigned i)
{
	return i < 8 ? i : (UINT64_C(8) + i % 8) << (i / 8 - 1);
}

START_TEST(buckets_are_as_the_contract_says)
{
	ck_assert_uint_eq(bound(NABD_LATENCY_BUCKETS), UINT64_C(1) << 44);
	for (unsigned i = 0; i < NABD_LATENCY_BUCKETS; i++) {
		const uint64_t low = bound(i), next = bound(i + 1);

		ck_assert_uint_eq(nabdi_latency_low(i), low);
		ck_assert_uint_eq(nabdi_latency_bucket(low), i);
		ck_assert_uint_eq(nabdi_latency_bucket(low + (next - low) / 2), i);
		ck_assert_uint_eq(nabdi_latency_bucket(next - 1), i);
		ck_assert(i < 8 ? next - low == 1 : (next - low) * 8 <= low);
	}
	ck_assert_uint_eq(nabdi_latency_bucket(UINT64_C(1) << 44), NABD_LATENCY_BUCKETS - 1);
	ck_assert_uint_eq(nabdi_latency_bucket(UINT64_MAX), NABD_LATENCY_BUCKETS - 1);
}
END_TEST

START_TEST(one_of_each_age_up_to_4096)
{
	struct nabd_latency l;

	memset(&shm, 0, sizeof(shm));
	for (uint64_t age = 0; age < 4096; age++)
		nabdi_latency_add(&shm, 1, 1 + age);
	l = told();
	ck_assert_uint_eq(l.count, 4096);
	ck_assert_uint_eq(l.sum_ns, 4095u * 4096u / 2);
	ck_assert_uint_eq(l.max_ns, 4095);
	for (unsigned i = 0; bound(i) < 4096; i++)
		ck_assert_uint_eq(l.bucket[i], bound(i + 1) - bound(i));
}
END_TEST

START_TEST(what_is_no_age)
{
	memset(&shm, 0, sizeof(shm));
	nabdi_latency_add(&shm, 0, 5);
	nabdi_latency_add(&shm, 6, 5);
	nabdi_latency_add(&shm, UINT64_MAX, 5);
	ck_assert_uint_eq(told().unmeasured, 3);
	ck_assert_uint_eq(told().count, 0);
	ck_assert_uint_eq(told().max_ns, 0);
	nabdi_latency_add(&shm, 5, 5);
	ck_assert_uint_eq(told().bucket[0], 1);
}
END_TEST

static int by_size(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Wrong by a sixteenth at most. */
static void near(uint64_t got, uint64_t right)
{
	const uint64_t off = got > right ? got - right : right - got;

	ck_assert_msg(off * 16 <= right, "%llu is not near %llu", (unsigned long long)got,
		      (unsigned long long)right);
}

START_TEST(percentiles_of_random_ages)
{
	static uint64_t ages[5000];
	uint64_t state = 11;

	for (unsigned round = 0; round < 200; round++) {
		const size_t n = 1 + (size_t)(unit_random(&state) % COUNT(ages));
		const unsigned narrow = 21 + (unsigned)(unit_random(&state) % 40);
		struct nabd_latency_summary s;
		struct nabd_latency l;
		uint64_t sum = 0;

		memset(&shm, 0, sizeof(shm));
		for (size_t i = 0; i < n; i++) {
			ages[i] = unit_random(&state) >> (narrow + unit_random(&state) % 4);
			sum += ages[i];
			nabdi_latency_add(&shm, 7, 7 + ages[i]);
		}
		qsort(ages, n, sizeof(ages[0]), by_size);
		l = told();
		s = summary_of(&l);
		ck_assert_uint_eq(s.count, n);
		ck_assert_uint_eq(s.max_ns, ages[n - 1]);
		ck_assert_uint_eq(s.mean_ns, sum / n);
		near(s.min_ns, ages[0]);
		near(s.p50_ns, ages[(n * 500 + 999) / 1000 - 1]);
		near(s.p90_ns, ages[(n * 900 + 999) / 1000 - 1]);
		near(s.p99_ns, ages[(n * 990 + 999) / 1000 - 1]);
		near(s.p99_9_ns, ages[(n * 999 + 999) / 1000 - 1]);
		ck_assert(s.min_ns <= s.p50_ns && s.p50_ns <= s.p90_ns && s.p90_ns <= s.p99_ns &&
			  s.p99_ns <= s.p99_9_ns && s.p99_9_ns <= s.max_ns);
	}
}
END_TEST

START_TEST(none_and_the_oldest)
{
	struct nabd_latency_summary s, zero = {0};
	struct nabd_latency l;

	memset(&shm, 0, sizeof(shm));
	l = told();
	s = summary_of(&l);
	ck_assert_mem_eq(&s, &zero, sizeof(s));
	nabdi_latency_add(&shm, 1, UINT64_C(1) << 50); /* 13 days */
	l = told();
	ck_assert_uint_eq(summary_of(&l).p50_ns, (UINT64_C(1) << 50) - 1);
	ck_assert_uint_eq(summary_of(&l).max_ns, (UINT64_C(1) << 50) - 1);
}
END_TEST

START_TEST(differences)
{
	struct nabd_latency a, b, d, e;

	memset(&shm, 0, sizeof(shm));
	nabdi_latency_add(&shm, 1, 1001);
	nabdi_latency_add(&shm, 1, 90001);
	a = told();
	nabdi_latency_add(&shm, 1, 501);
	nabdi_latency_add(&shm, 9, 1);
	b = told();
	is(NABD_OK, nabdi_latency_since(&a, &b, &d));
	ck_assert_uint_eq(d.count, 1);
	ck_assert_uint_eq(d.unmeasured, 1);
	ck_assert_uint_eq(d.sum_ns, 500);
	ck_assert_uint_eq(d.bucket[nabdi_latency_bucket(500)], 1);
	/* The highest ever is older; of this one we know the bucket. */
	ck_assert_uint_eq(d.max_ns, bound(nabdi_latency_bucket(500) + 1) - 1);
	nabdi_latency_add(&shm, 1, 100001);
	e = told();
	is(NABD_OK, nabdi_latency_since(&b, &e, &d));
	ck_assert_uint_eq(d.max_ns, 100000); /* exactly */
	/* In the bucket of the highest, but no higher than that. */
	nabdi_latency_add(&shm, 1, 100000);
	b = told();
	is(NABD_OK, nabdi_latency_since(&e, &b, &d));
	ck_assert_uint_eq(d.max_ns, 100000);
	is(NABD_OK, nabdi_latency_since(&b, &b, &d));
	ck_assert_uint_eq(d.count, 0);
	ck_assert_uint_eq(d.max_ns, 0);
	is(NABD_INVALID, nabdi_latency_since(&b, &e, &d));
}
END_TEST

START_TEST(what_does_not_follow_is_refused)
{
	struct nabd_latency a, b, d;

	memset(&shm, 0, sizeof(shm));
	nabdi_latency_add(&shm, 1, 1001);
	a = b = told();
	b.created_ns++;
	is(NABD_INVALID, nabdi_latency_since(&a, &b, &d));
	b = a;
	b.bucket[nabdi_latency_bucket(1000)]--;
	is(NABD_INVALID, nabdi_latency_since(&a, &b, &d));
	for (unsigned i = 0; i < 3; i++) {
		a = b = told();
		*(i == 0 ? &a.now_ns : i == 1 ? &a.unmeasured : &a.max_ns) += 1;
		is(NABD_INVALID, nabdi_latency_since(&a, &b, &d));
	}
}
END_TEST

/* A million messages that each wait for a second, for eight hours: more than a word has. */
START_TEST(a_sum_that_goes_round)
{
	const uint64_t age = 1000000000, n = 30000000000;
	struct nabd_latency a, b, d;

	memset(&shm, 0, sizeof(shm));
	nabdi_latency_add(&shm, 1, 1 + age);
	cell_store_relaxed(&shm.bucket[nabdi_latency_bucket(age)], n);
	cell_store_relaxed(&shm.sum_ns, age * n);
	a = told();
	near(summary_of(&a).mean_ns, age);
	/* Between two looks. */
	cell_store_relaxed(&shm.sum_ns, UINT64_MAX - 5);
	a = told();
	nabdi_latency_add(&shm, 1, 1001);
	nabdi_latency_add(&shm, 1, 2003);
	b = told();
	is(NABD_OK, nabdi_latency_since(&a, &b, &d));
	ck_assert_uint_eq(d.sum_ns, 3002);
	ck_assert_uint_eq(summary_of(&d).mean_ns, 1501);
}
END_TEST

/* One reader's sum has gone round, and the other's has not: so has their sum's difference. */
START_TEST(a_sum_of_sums_that_goes_round)
{
	struct nabdi_segment s = unit_memory_of(8, 64, 8, NABD_SHM_TIMES);
	struct nabd_latency a = {.size = sizeof(a)}, b = a, d;

	cell_store_relaxed(&nabdi_latency_of(&s, 1, 0)->sum_ns, UINT64_MAX - 5);
	cell_store_relaxed(&nabdi_latency_of(&s, 1, 1)->sum_ns, 7);
	nabdi_latency_sum(&s, 1, NABD_LATENCY_ALL, &a);
	nabdi_latency_add(nabdi_latency_of(&s, 1, 0), 1, 1001);
	nabdi_latency_sum(&s, 1, NABD_LATENCY_ALL, &b);
	is(NABD_OK, nabdi_latency_since(&a, &b, &d));
	ck_assert_uint_eq(d.sum_ns, 1000);
	unit_forget(&s);
}
END_TEST

/* Every word as large as can be: nothing wraps round to something small. */
START_TEST(scribbled_over)
{
	struct nabdi_segment s = unit_memory_of(8, 64, 8, NABD_SHM_TIMES);
	struct nabd_latency l = {.size = sizeof(l)};
	struct nabd_latency_summary sum;

	memset(nabdi_latency_of(&s, 0, 0), 0xff, NABD_SHM_READERS * sizeof(shm));
	nabdi_latency_sum(&s, NABD_LATENCY_ALL, NABD_LATENCY_ALL, &l);
	ck_assert_uint_eq(l.count, UINT64_MAX);
	ck_assert_uint_eq(l.unmeasured, UINT64_MAX);
	sum = summary_of(&l);
	ck_assert_uint_eq(sum.count, UINT64_MAX);
	ck_assert_uint_eq(sum.mean_ns, UINT64_MAX);
	ck_assert_uint_eq(sum.p99_ns, 0); /* the first bucket has more than can be counted */
	nabdi_latency_add(nabdi_latency_of(&s, 0, 0), 1, 9);
	unit_forget(&s);
}
END_TEST

/* Each reader has a place of its own, within the region; a detector sees a step beyond. */
START_TEST(places)
{
	struct nabdi_segment s = unit_memory_of(8, 64, 8, NABD_SHM_TIMES);
	struct nabd_latency l = {.size = sizeof(l)};
	uint64_t n = 0;

	ck_assert_uint_eq((uintptr_t)nabdi_latency_of(&s, 0, 0) % 128, 0);
	for (unsigned g = 0; g <= NABD_MAX_GROUPS; g++)
		for (unsigned m = 0; m < (g == 0 ? 1 : NABD_MAX_MEMBERS); m++)
			for (n++, l.count = 0; l.count < n; l.count++)
				nabdi_latency_add(nabdi_latency_of(&s, g, m), 1, 2);
	ck_assert_uint_eq(n, NABD_SHM_READERS);
	ck_assert_ptr_eq(nabdi_latency_of(&s, 0, 0) + n - 1, nabdi_latency_of(&s, 16, 15));
	n = 0;
	for (unsigned g = 0; g <= NABD_MAX_GROUPS; g++)
		for (unsigned m = 0; m < (g == 0 ? 1 : NABD_MAX_MEMBERS); m++) {
			l = (struct nabd_latency){.size = sizeof(l)};
			nabdi_latency_sum(&s, g, m, &l);
			ck_assert_uint_eq(l.count, ++n);
		}
	unit_forget(&s);
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin("check_latency");

	tcase_add_test(tests, buckets_are_as_the_contract_says);
	tcase_add_test(tests, one_of_each_age_up_to_4096);
	tcase_add_test(tests, what_is_no_age);
	tcase_add_test(tests, percentiles_of_random_ages);
	tcase_add_test(tests, none_and_the_oldest);
	tcase_add_test(tests, differences);
	tcase_add_test(tests, what_does_not_follow_is_refused);
	tcase_add_test(tests, a_sum_that_goes_round);
	tcase_add_test(tests, a_sum_of_sums_that_goes_round);
	tcase_add_test(tests, scribbled_over);
	tcase_add_test(tests, places);
	return unit_run(tests);
}
