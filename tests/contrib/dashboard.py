#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The names in contrib/'s dashboard and alerts, and the dashboard's layout.
Usage: dashboard.py TOP FOLDER, where tests/metrics/print has written what nabd tells; the
dashboard's queries are written there as rules, for promtool."""
import json
import os
import re
import sys

sys.dont_write_bytecode = True
TOP, FOLDER = sys.argv[1:3]
sys.path.insert(0, os.path.join(TOP, "tests", "metrics"))

import prometheus  # noqa: E402

METRIC = re.compile(r"\bnabd_(?:queue|group|member)_[a-z0-9_]+")
SELECTOR = re.compile(r"\b(nabd_[a-z0-9_]+)\{([^}]*)\}")
COLUMNS = 24


def told():
    """{name: labels} of all that is printed for some queue."""
    labels = {}
    for name in os.listdir(FOLDER):
        if not name.endswith(".prom"):
            continue
        with open(os.path.join(FOLDER, name), encoding="ascii") as f:
            for family, (kind, _, samples, counts, sums) in prometheus.parse(f.read()).items():
                parts = {"": samples}
                if kind == "histogram":
                    parts = {"_bucket": samples, "_count": counts, "_sum": sums}
                for suffix, part in parts.items():
                    for pairs in part:
                        labels.setdefault(family + suffix, set()).update(k for k, _ in pairs)
    return labels


def check_query(query, known, where):
    names = METRIC.findall(query)
    assert names, "no metric of nabd: %s" % where
    for name in names:
        assert name in known, "%s: nabd tells no %s" % (where, name)
    for name, matchers in SELECTOR.findall(query):
        for label in re.findall(r"([a-z_]+)\s*(?:=~|!~|!=|=)", matchers):
            assert label in known[name], "%s: %s has no label %s" % (where, name, label)


def check_legend(target, known, where):
    common = set.intersection(*(known[n] for n in METRIC.findall(target["expr"])[:1]))
    for label in re.findall(r"\{\{([a-z_]+)\}\}", target["legendFormat"]):
        assert label in common, "%s: no label %s" % (where, label)


def check_layout(panels):
    """Rows of panels from top to bottom, each row full, nothing on top of another."""
    taken, bottom = set(), 0
    for panel in panels:
        x, y, w, h = (panel["gridPos"][k] for k in "xywh")
        assert w > 0 and h > 0 and x >= 0 and x + w <= COLUMNS, panel["title"]
        cells = {(c, r) for c in range(x, x + w) for r in range(y, y + h)}
        assert not cells & taken, "%s lies on another" % panel["title"]
        taken |= cells
        bottom = max(bottom, y + h)
    assert len(taken) == COLUMNS * bottom, "there are gaps"
    order = [(p["gridPos"]["y"], p["gridPos"]["x"]) for p in panels]
    assert order == sorted(order), "the panels are not in order"
    assert panels[0]["type"] == "row", "the first row has no title"


def check_dashboard(dashboard, known):
    panels, queries = dashboard["panels"], []
    ids = [p["id"] for p in panels]
    assert len(set(ids)) == len(ids), "an id twice"
    titles = [p["title"] for p in panels]
    assert len(set(titles)) == len(titles), "a title twice"
    check_layout(panels)
    variables = {v["name"] for v in dashboard["templating"]["list"]}
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            check_query(variable["query"]["query"], known, "variable " + variable["name"])
    for panel in panels:
        if panel["type"] == "row":
            continue
        where = panel["title"]
        assert panel["description"] and panel["targets"], where
        assert panel["fieldConfig"]["defaults"]["unit"], where
        assert panel["datasource"]["uid"] == "${datasource}", where
        for target in panel["targets"]:
            query = target["expr"]
            check_query(query, known, where)
            check_legend(target, known, where)
            for name in re.findall(r"\$([a-z]\w*)", query):
                assert name in variables, "%s: no variable %s" % (where, name)
            counters = re.findall(r"nabd_\w+_(?:total|bucket|count|sum)", query)
            rates = re.findall(r"(?:rate|increase)\(nabd_\w+_(?:total|bucket|count|sum)", query)
            assert len(counters) == len(rates), "%s: a counter, not its rate" % where
            queries.append(query)
    assert len(queries) > 15
    return queries


def check_alerts(known):
    with open(os.path.join(TOP, "contrib/prometheus/nabd-alerts.yml"), encoding="utf-8") as f:
        text = f.read()
    expressions = re.findall(r"expr:(.*?)\n +(?:for|labels):", text, re.S)
    assert len(expressions) == text.count("- alert:") >= 10
    for expression in expressions:
        if "node_textfile_mtime_seconds" not in expression:
            check_query(expression, known, expression)
    for label in set(re.findall(r"\$labels\.([a-z_]+)", text)):
        assert label in ("queue", "group", "file"), label


def self_test(known):
    """What is wrong is found."""
    good = {"x": 0, "y": 0, "w": 24, "h": 1}
    for x, w in ((-1, 3), (20, 5), (0, 23), (0, 0)):
        for panels in ([{"type": "row", "title": "t", "gridPos": dict(good, x=x, w=w)}],):
            expect(check_layout, panels)
    expect(check_layout, [{"type": "row", "title": "t", "gridPos": good}] * 2)
    expect(check_query, "rate(nabd_queue_nonsense[5m])", known, "")
    expect(check_query, "nabd_queue_full{group=\"1\"}", known, "")
    expect(check_query, "up", known, "")


def expect(function, *arguments):
    try:
        function(*arguments)
    except AssertionError:
        return
    raise SystemExit("not refused: %s" % (arguments,))


def main():
    known = told()
    self_test(known)
    with open(os.path.join(TOP, "contrib/grafana/nabd.json"), encoding="utf-8") as f:
        queries = check_dashboard(json.load(f), known)
    check_alerts(known)
    with open(os.path.join(FOLDER, "queries.yml"), "w", encoding="utf-8") as f:
        f.write("groups:\n  - name: dashboard\n    rules:\n")
        for number, query in enumerate(queries):
            query = re.sub(r"\$__(range|rate_interval)", "5m", query)
            query = re.sub(r"\$[a-z]+", ".*", query)
            f.write("      - record: query:%d\n        expr: %s\n" % (number, json.dumps(query)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
