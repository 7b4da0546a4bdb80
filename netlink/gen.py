#!/usr/bin/env python3
# SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
"""Write what follows from morsel.yaml, or check that it is up to date.

The uapi header, the attribute policies of the module and the reference part of
docs/netlink.md have no other source than the specification.
"""

import argparse
import difflib
import pathlib
import sys
import textwrap

import spec

NETLINK = pathlib.Path(__file__).resolve().parent
SPDX = '((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)'
NOTE = 'Generated from netlink/morsel.yaml by netlink/gen.py: edit that, not this.'
DOC_START = '<!-- reference: generated from netlink/morsel.yaml -->\n'


def comment(lines, first='/**'):
    """A block comment of paragraphs already wrapped."""
    return [first] + [(' * ' + l).rstrip() for l in lines] + [' */']


def wrapped(text, width=76, indent=''):
    """Paragraphs of @text, wrapped, with an empty line between them."""
    out = []
    for para in text.strip().split('\n\n'):
        if out:
            out.append('')
        out += textwrap.wrap(' '.join(para.split()), width, subsequent_indent=indent)
    return out


def c_enum(tag, entries, maximum=None):
    """@entries: (name, value). The values are written out: they are uapi."""
    out = [f'enum {tag} {{' if tag else 'enum {']
    out += [f'\t{name} = {value},' for name, value in entries]
    if maximum:
        out += ['', f'\t__{maximum},', f'\t{maximum} = (__{maximum} - 1)']
    return out + ['};', '']


def header_definition(d):
    if d.kind == 'const':
        return wrapped_define(d)
    doc = wrapped(f'enum {d.c_tag} - {d.doc or d.name}')
    for e in d.entries:
        doc += wrapped(f'@{e.c_name}: {e.doc or e.name}', indent='  ')
    return comment(doc) + c_enum(d.c_tag, [(e.c_name, e.value) for e in d.entries])


def wrapped_define(d):
    return [f'/* {d.doc} */', f'#define {d.c_name}\t{d.value}', '']


def header_set(s):
    doc = wrapped(f'Attributes "{s.name}": {s.doc}') + ['']
    for a in s.attributes:
        doc += wrapped(f'@{a.c_name}: {a.describe()}', indent='  ')
    entries = [(a.c_name, a.value) for a in s.attributes]
    return comment(doc, '/*') + c_enum(None, entries, f'{s.c_prefix}MAX')


def header_operations(family):
    doc = ['Commands and notifications']
    for op in family.operations:
        doc += ['', f'{op.c_name}', ''] + ['  ' + l for l in op.describe_text()]
    entries = [(op.c_name, op.value) for op in family.operations]
    return comment([l.rstrip() for l in doc], '/*') + c_enum(None, entries, 'MORSEL_CMD_MAX')


def make_header(family):
    out = [f'/* SPDX-License-Identifier: {SPDX} */', f'/* {NOTE} */']
    out += comment(wrapped(family.doc), '/*')
    out += ['#ifndef _UAPI_LINUX_MORSEL_H', '#define _UAPI_LINUX_MORSEL_H', '']
    out += [f'#define MORSEL_FAMILY_NAME\t"{family.name}"']
    out += ['#define MORSEL_FAMILY_VERSION\t1', '']
    for d in family.definitions:
        out += header_definition(d)
    for s in family.sets:
        out += header_set(s)
    out += header_operations(family)
    for g in family.groups:
        out += [f'#define MORSEL_MCGRP_{spec.c_upper(g)}\t"{g}"']
    return '\n'.join(out + ['', '#endif /* _UAPI_LINUX_MORSEL_H */', ''])


def policy_entry(a):
    """The kernel's policy for one attribute, and the range it needs apart."""
    if a.type == 'string':
        return '{ .type = NLA_NUL_STRING, .len = %s }' % a.max_len, []
    if a.type == 'flag':
        return '{ .type = NLA_FLAG }', []
    if a.nested:
        return f"NLA_POLICY_NESTED(morsel_nl_{a.nested.replace('-', '_')}_policy)", []
    kind = 'NLA_' + a.type.upper()
    if a.mask is not None:
        return f'NLA_POLICY_MASK({kind}, {a.mask:#x})', []
    lo, hi = a.range
    if hi is not None and hi > 0x7fff:
        name = a.c_name.lower() + '_range'
        decl = [f'static struct netlink_range_validation {name} = {{']  # 6.1: not const
        decl += [f'\t.min = {lo},'] if lo else []
        decl += [f'\t.max = {hi}ULL,', '};', '']
        return f'NLA_POLICY_FULL_RANGE({kind}, &{name})', decl
    if lo and hi is not None:
        return f'NLA_POLICY_RANGE({kind}, {lo}, {hi})', []
    if hi is not None:
        return f'NLA_POLICY_MAX({kind}, {hi})', []
    if lo:
        return f'NLA_POLICY_MIN({kind}, {lo})', []
    return f'{{ .type = {kind} }}', []


def policies(family):
    """(name, size, attributes): those of nests first, as the others refer to them."""
    for s in family.nested_sets():
        yield s.policy_name, f'{s.c_prefix}MAX + 1', s.attributes
    for op in family.requests():
        yield op.policy_name, op.policy_size, op.request_attributes()


def make_policy_source(family):
    out = ['// SPDX-License-Identifier: GPL-2.0-only', f'/* {NOTE} */']
    out += ['#include "nl_policy.h"', '']
    ranges, tables = {}, []
    for name, size, attributes in policies(family):
        tables += [f'const struct nla_policy {name}[{size}] = {{']
        for a in attributes:
            entry, decl = policy_entry(a)
            ranges[a.c_name] = decl
            line = f'\t[{a.c_name}] = {entry},'
            fits = len(line.expandtabs(8)) <= 100
            tables += [line] if fits else [f'\t[{a.c_name}] =', f'\t\t{entry},']
        tables += ['};', '']
    for decl in ranges.values():
        out += decl
    return '\n'.join(out + tables[:-1] + [''])


def make_policy_header(family):
    out = ['/* SPDX-License-Identifier: GPL-2.0-only */', f'/* {NOTE} */']
    out += ['#ifndef MORSEL_NL_POLICY_H', '#define MORSEL_NL_POLICY_H', '']
    out += ['#include <net/netlink.h>', '#include <uapi/linux/morsel.h>', '']
    out += ['/* One policy per nest and per command: the union of what do and dump accept. */']
    for name, size, _ in policies(family):
        out += [f'extern const struct nla_policy {name}[{size}];']
    return '\n'.join(out + ['', '#endif', ''])


def expected_limits(a):
    """What CTRL_CMD_GETPOLICY says of an attribute: type, least, greatest, mask, length."""
    if a.type == 'string':
        return 'NL_ATTR_TYPE_NUL_STRING', 0, 0, 0, a.max_len_value
    if a.type == 'flag':
        return 'NL_ATTR_TYPE_FLAG', 0, 0, 0, 0
    if a.nested:
        return 'NL_ATTR_TYPE_NESTED', 0, 0, 0, 0
    if a.mask is not None:
        return f'NL_ATTR_TYPE_{a.type.upper()}', 0, 0, a.mask, 0
    lo, hi = a.range
    top = (1 << int(a.type[1:])) - 1
    return f'NL_ATTR_TYPE_{a.type.upper()}', lo or 0, top if hi is None else hi, 0, 0


def make_expected(family):
    out = ['/* SPDX-License-Identifier: GPL-2.0-or-later */', f'/* {NOTE} */']
    out += ['/* clang-format off */', 'static const struct expected expected[] = {']
    for op in family.requests():
        for a in op.request_attributes():
            kind, lo, hi, mask, length = expected_limits(a)
            out += [f'\t{{ {op.c_name}, {a.c_name}, {kind},',
                    f'\t  {lo}, {hi:#x}, {mask:#x}, {length} }},']
    return '\n'.join(out + ['};', '', '/* clang-format on */', ''])


def reference_set(s):
    out = [f'### Attributes `{s.name}`', '', s.doc, '', '| nr | name | type | meaning |',
           '|---|---|---|---|']
    for a in s.attributes:
        doc = ' '.join(a.doc.split())
        out.append(f'| {a.value} | `{a.name}` | {a.type_text()} | {doc} |')
    return out + ['']


def reference_operation(op):
    out = [f'### `{op.name}` ({op.value})', '']
    for kind, text in op.messages():
        out += [f'- {kind}: {text}']
    return out + [''] + wrapped(op.doc, 100) + ['']


def make_reference(family):
    out = wrapped(family.doc, 100) + ['']
    for s in family.sets:
        out += reference_set(s)
    for d in family.definitions:
        if d.kind != 'const':
            out += [f'### Values `{d.name}`', '', d.doc, '']
            out += [f'- `{e.name}` ({e.value}) {e.doc}'.rstrip() for e in d.entries] + ['']
    for op in family.operations:
        out += reference_operation(op)
    return '\n'.join(out).rstrip() + '\n'


def outputs(family):
    root = NETLINK.parent
    yield NETLINK / 'include/uapi/linux/morsel.h', make_header(family)
    yield root / 'kmod/nl_policy.h', make_policy_header(family)
    yield root / 'kmod/nl_policy.c', make_policy_source(family)
    yield root / 'tests/guest/nl_expected.h', make_expected(family)
    doc = root / 'docs/netlink.md'
    prose = doc.read_text().split(DOC_START)[0] if doc.exists() else ''
    yield doc, prose + DOC_START + '\n' + make_reference(family)


def is_current(path, text):
    old = path.read_text() if path.exists() else ''
    diff = list(difflib.unified_diff(old.splitlines(), text.splitlines(), str(path),
                                     'from morsel.yaml', lineterm=''))
    if diff:
        print('\n'.join(diff))
    return not diff


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--check', action='store_true',
                        help='change nothing; fail if a file is not up to date')
    args = parser.parse_args()
    family = spec.load(NETLINK / 'morsel.yaml')
    current = True
    for path, text in outputs(family):
        if args.check:
            current = is_current(path, text) and current
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    if not current:
        print('not up to date: run "make -C netlink"', file=sys.stderr)
    return 0 if current else 1


if __name__ == '__main__':
    sys.exit(main())
