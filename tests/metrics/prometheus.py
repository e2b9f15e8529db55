# SPDX-License-Identifier: MIT
"""A strict reader of Prometheus' text format 0.0.4: raises ValueError for all that the
format does not allow, and for what it allows but asks not to be done."""
import re

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"'
SAMPLE = re.compile(r"^(%s)\{(.*)\} (\S+)$" % NAME)
LABELS = re.compile(r"^%s(?:,%s)*$" % (LABEL, LABEL))
NUMBER = re.compile(r"^-?[0-9]+(\.[0-9]+)?$")


def _unescape(value):
    return re.sub(r"\\(.)", lambda m: "\n" if m.group(1) == "n" else m.group(1), value)


def parse(text):
    """{family: [type, help, {sorted label pairs: number}]}; of a histogram these are its buckets,
    with le among the labels, and behind them are the same of its counts and its sums."""
    families, current = {}, None
    if not text.endswith("\n"):
        raise ValueError("the last line does not end")
    lines = text.split("\n")[:-1]
    for number, line in enumerate(lines, 1):
        where = "line %d: %s" % (number, line)
        if line.startswith("# HELP "):
            name, _, words = line[7:].partition(" ")
            if name in families or not words or not re.fullmatch(NAME, name):
                raise ValueError("HELP twice, empty or of no name: " + where)
            families[name] = [None, words, {}, {}, {}]
            current = name
        elif line.startswith("# TYPE "):
            name, _, kind = line[7:].partition(" ")
            if name != current or families[name][0] is not None or families[name][2]:
                raise ValueError("TYPE not behind its HELP: " + where)
            if kind not in ("counter", "gauge", "histogram"):
                raise ValueError("no such type: " + where)
            if (kind == "counter") != name.endswith("_total"):
                raise ValueError("a counter ends in _total, and nothing else does: " + where)
            families[name][0] = kind
        else:
            _sample(families, current, line, where)
    for name, (kind, _, samples, counts, sums) in families.items():
        if kind is None or not samples:
            raise ValueError("no TYPE or no sample of " + name)
        if kind == "histogram":
            _histogram(name, samples, counts, sums)
    return families


def _histogram(name, samples, counts, sums):
    """Each series has ascending buckets up to all, a count that is the last, and a sum."""
    series = {}
    for key, value in samples.items():
        labels = dict(key)
        bound = labels.pop("le")
        series.setdefault(tuple(sorted(labels.items())), []).append((float(bound), value))
    if series.keys() != counts.keys() or series.keys() != sums.keys():
        raise ValueError("buckets, counts and sums of other series: " + name)
    for key, buckets in series.items():
        values = [v for _, v in sorted(buckets)]
        if sorted(buckets)[-1] != (float("inf"), counts[key]) or values != sorted(values):
            raise ValueError("buckets that do not add up: " + name)


def _sample(families, current, line, where):
    match = SAMPLE.match(line)
    place = 2
    if match and current and families[current][0] == "histogram":
        place = {current + "_bucket": 2, current + "_count": 3, current + "_sum": 4}.get(
            match.group(1))
    elif not match or match.group(1) != current or families[current][0] is None:
        place = None
    if place is None or not match:
        raise ValueError("no sample of the family before it: " + where)
    if not LABELS.match(match.group(2)):
        raise ValueError("labels: " + where)
    if not NUMBER.match(match.group(3)):
        raise ValueError("number: " + where)
    pairs = [(k, _unescape(v)) for k, v in re.findall(LABEL, match.group(2))]
    if len({k for k, _ in pairs}) != len(pairs):
        raise ValueError("a label twice: " + where)
    key = tuple(sorted(pairs))
    if key in families[current][place]:
        raise ValueError("a sample twice: " + where)
    if families[current][0] == "histogram" and ("le" in dict(pairs)) != (place == 2):
        raise ValueError("a bucket has a bound, and nothing else does: " + where)
    value = float(match.group(3))
    if families[current][0] != "gauge" and value < 0:
        raise ValueError("a counter below 0: " + where)
    families[current][place][key] = value


HISTOGRAM = ("# HELP a b\n# TYPE a histogram\na_bucket{le=\"%s\"} %d\na%s{q=\"1\"} %d\n"
             "a_sum{q=\"1\"} 1\n").replace("{le=", "{q=\"1\",le=")
BAD = ["", "x 1", "# HELP a b\n# TYPE a gauge\na{q=\"1\"} 1", "# HELP a b\na{q=\"1\"} 1\n",
       "# HELP a b\n# TYPE a counter\na{q=\"1\"} 1\n", "# HELP a b\n# TYPE a gauge\n",
       "# HELP a_total b\n# TYPE a_total gauge\na_total{q=\"1\"} 1\n",
       "# HELP a b\n# TYPE a gauge\na{q=\"1\"\"} 1\n", "# HELP a b\n# TYPE a gauge\na{q=\"\\x\"} 1\n",
       "# HELP a b\n# TYPE a gauge\na{q=\"1\",q=\"2\"} 1\n", "# HELP a b\n# TYPE a gauge\nb{q=\"1\"} 1\n",
       "# HELP a b\n# TYPE a gauge\na{q=\"1\"} 1\na{q=\"1\"} 2\n",
       HISTOGRAM % ("+Inf", 2, "_count", 1), HISTOGRAM % ("2", 1, "_count", 1),
       HISTOGRAM % ("+Inf", 1, "", 1), HISTOGRAM % ("+Inf", 1, "_max", 1),
       "# HELP a b\n# TYPE a histogram\na_sum{q=\"1\"} 1\n",
       "# HELP a b\n# TYPE a gauge\na{q=\"1\"} 1,5\n", "# HELP a b\n# TYPE a gauge\na{q=\"1\"}  1\n"]


def self_test():
    """The reader refuses each of these."""
    for text in BAD:
        try:
            parse(text)
        except ValueError:
            continue
        raise AssertionError("not refused: %r" % text)
    good = parse("# HELP a b c\n# TYPE a gauge\na{q=\"x\\\"\\\\\\n\",g=\"2\"} 1.50\n")
    assert good["a"][2] == {(("g", "2"), ("q", "x\"\\\n")): 1.5}, good
    good = parse(HISTOGRAM % ("+Inf", 2, "_count", 2))
    assert good["a"][2] == {(("le", "+Inf"), ("q", "1")): 2}, good
