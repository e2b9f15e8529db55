#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The three formats of nabd_metrics_format() can be read, and say the same.
Usage: formats.py FOLDER, where tests/metrics/print has written them."""
import json
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import prometheus  # noqa: E402

QUEUE = {"bare": "bare", "over": "over.write-1", "busy": "busy_Q", "timed": "timed"}


def no_twins(pairs):
    assert len({k for k, _ in pairs}) == len(pairs), "a key twice: %s" % pairs
    return dict(pairs)


def read(folder, name):
    with open(os.path.join(folder, name), encoding="ascii") as f:
        return f.read()


def check(folder, name):
    queue = QUEUE[name]
    tree = json.loads(read(folder, name + ".json"), object_pairs_hook=no_twins)
    scraped = prometheus.parse(read(folder, name + ".prom"))
    text = read(folder, name + ".txt")
    assert tree["queue"] == queue and text.startswith("queue %s\n" % queue)

    def sample(family, **labels):
        key = tuple(sorted(dict(labels, queue=queue).items()))
        return scraped["nabd_" + family][2][key]

    assert sample("queue_messages_total") == tree["head"]
    assert sample("queue_fill_slots") == tree["fill"] <= tree["slots"]
    assert abs(sample("queue_fill_ratio") - tree["fill"] / tree["slots"]) < 1e-5
    assert sample("queue_high_fill_slots") == tree["high_fill"]
    assert sample("queue_full") == tree["full"]
    for group in tree["groups"]:
        g = str(group["group"])
        for key, family in (("lag", "lag_messages"), ("open", "open"), ("live_members", "members"),
                            ("claimed", "claimed_messages_total"), ("orphaned", "orphaned")):
            assert sample("group_" + family, group=g) == group[key], (g, key)
        check_latency(scraped, text, queue, group)
        for member in group["members"]:
            m = str(member["member"])
            assert sample("member_held_messages", group=g, member=m) == member["held"]
            assert "  member %s\n" % m in text
        assert "group %s\n" % g in text
    for family in scraped.values():
        for samples in family[2:]:
            for key in samples:
                assert dict(key)["queue"] == queue
    return tree


def check_latency(scraped, text, queue, group):
    """Nothing where there are no times; else the same count everywhere, in ascending buckets."""
    name = "nabd_group_latency_seconds"
    if "latency" not in group:
        assert name not in scraped and "latency" not in text
        return
    told = group["latency"]
    labels = {"queue": queue, "group": str(group["group"])}
    buckets = scraped[name][2]
    edges = sorted((float(dict(k)["le"]), v) for k, v in buckets.items()
                   if labels.items() <= dict(k).items() and "le" in dict(k))
    assert len(edges) == 31 and edges[-1] == (float("inf"), told["count"])
    # A bound counts itself in, and so is a nanosecond below a power of two.
    assert [round(e * 1e9) + 1 for e, _ in edges[:-1]] == [2 ** k for k in range(7, 37)]
    key = tuple(sorted(labels.items()))
    assert scraped[name][3][key] == told["count"]
    assert abs(scraped[name][4][key] * 1e9 - told["mean_ns"] * told["count"]) <= told["count"]
    below = [v for e, v in edges if e * 1e9 < told["p50_ns"] / 1.07]
    assert not below or below[-1] <= told["count"] / 2
    ages = [told[k] for k in ("min_ns", "p50_ns", "p90_ns", "p99_ns", "p99_9_ns", "max_ns")]
    assert ages == sorted(ages) and ages[0] > 0, ages
    assert "    p99_9_ns      %d\n" % told["p99_9_ns"] in text


def main():
    prometheus.self_test()
    trees = {name: check(sys.argv[1], name) for name in QUEUE}
    bare, over, busy = trees["bare"], trees["over"], trees["busy"]
    assert bare["groups"] == [] and bare["head"] == 0 and not bare["producer_alive"]
    assert over["overwrite"] and over["head"] == 20 and over["fill"] == 4
    timed = {g["group"]: g["latency"]["count"] for g in trees["timed"]["groups"]}
    assert timed == {0: 5, 3: 2} and trees["timed"]["timestamps"] and not busy["timestamps"]
    assert busy["head"] == 16 and busy["full"] and busy["producer_alive"]
    groups = {g["group"]: g for g in busy["groups"]}
    assert sorted(groups) == list(range(1, 17))
    assert not groups[9]["open"] and groups[8]["open"] and groups[8]["live_members"] == 2
    assert groups[4]["redelivered"] == 1 and groups[4]["claimed"] == 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
