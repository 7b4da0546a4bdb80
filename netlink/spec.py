# SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
"""morsel.yaml as objects, with its rules checked.

Understands the part of the kernel's YNL "genetlink" form that morsel.yaml uses,
names things in C as the kernel's own generator does, and refuses the rest.
"""

import re

import yaml

NAME = re.compile(r'^[0-9a-z-]+$')
TYPES = ('pad', 'flag', 'u32', 'u64', 's64', 'string', 'nest')


class SpecError(Exception):
    pass


def c_upper(name):
    return name.upper().replace('-', '_')


def only(where, node, allowed):
    """Refuse keys that nothing here looks at."""
    unknown = set(node) - set(allowed)
    if unknown:
        raise SpecError(f'{where}: unknown key {sorted(unknown)}')
    if 'name' in node and not NAME.match(node['name']):
        raise SpecError(f'{where}: bad name {node["name"]!r}')
    return node


class Entry:
    def __init__(self, definition, node, value):
        node = only(definition.name, {'name': node} if isinstance(node, str) else node,
                    ('name', 'value', 'doc'))
        self.name = node['name']
        self.raw = node.get('value', value)
        self.value = 1 << self.raw if definition.kind == 'flags' else self.raw
        self.doc = node.get('doc', '')
        self.c_name = f'{definition.c_name}_{c_upper(self.name)}'


class Definition:
    def __init__(self, node):
        only('definitions', node, ('name', 'type', 'value', 'value-start', 'entries', 'doc'))
        self.name, self.kind = node['name'], node['type']
        self.doc = node.get('doc', '')
        self.c_name = 'MORSEL_' + c_upper(self.name)
        self.c_tag = self.c_name.lower()
        self.value = node.get('value')
        self.entries = []
        value = node.get('value-start', 0)
        for e in node.get('entries', ()):
            self.entries.append(Entry(self, e, value))
            value = self.entries[-1].raw + 1


class Attribute:
    def __init__(self, owner, node, value, definitions):
        only(owner.name, node, ('name', 'type', 'doc', 'value', 'enum', 'checks',
                                'nested-attributes', 'multi-attr'))
        self.name, self.type = node['name'], node['type']
        if self.type not in TYPES:
            raise SpecError(f'{owner.name}.{self.name}: type {self.type}')
        self.doc = node.get('doc', '')
        if not self.doc and self.type != 'pad':
            raise SpecError(f'{owner.name}.{self.name}: no doc')
        self.value = node.get('value', value)
        self.c_name = owner.c_prefix + c_upper(self.name)
        self.enum = definitions[node['enum']] if 'enum' in node else None
        self.nested, self.multi = node.get('nested-attributes'), node.get('multi-attr', False)
        if (self.type == 'nest') != (self.nested is not None):
            raise SpecError(f'{owner.name}.{self.name}: a nest and what it holds go together')
        self.checks = only(self.name, node.get('checks', {}), ('min', 'max', 'max-len'))
        length = self.checks.get('max-len')
        self.max_len = definitions[length].c_name if length in definitions else length
        self.max_len_value = definitions[length].value if length in definitions else length
        if self.type == 'string' and not self.max_len:
            raise SpecError(f'{owner.name}.{self.name}: a string without max-len')

    @property
    def mask(self):
        if self.enum is None or self.enum.kind != 'flags':
            return None
        return sum(e.value for e in self.enum.entries)

    @property
    def range(self):
        """(least, greatest) value; None: what the type can hold."""
        if self.enum is not None and self.enum.kind == 'enum':
            values = [e.value for e in self.enum.entries]
            return min(values), max(values)
        return self.checks.get('min'), self.checks.get('max')

    def type_text(self):
        if self.nested:
            return f'nest of {self.nested}' + (', any number' if self.multi else '')
        if self.enum is not None:
            return f'{self.type} {self.enum.name}'
        if self.max_len_value:
            return f'{self.type}, up to {self.max_len_value} bytes'
        lo, hi = self.range
        if lo is not None or hi is not None:
            return f'{self.type}, at least {lo}' if hi is None else f'{self.type}, {lo or 0}..{hi}'
        return self.type

    def describe(self):
        return self.type_text() + ('. ' + self.doc if self.doc else ' (alignment)')


class AttributeSet:
    def __init__(self, node, definitions):
        only('attribute-sets', node, ('name', 'doc', 'attributes'))
        self.name, self.doc = node['name'], node['doc']
        self.c_prefix = f'MORSEL_A_{c_upper(self.name)}_'
        self.attributes = []
        value = 1
        for a in node['attributes']:
            self.attributes.append(Attribute(self, a, value, definitions))
            value = self.attributes[-1].value + 1
        self.by_name = {a.name: a for a in self.attributes}

    @property
    def policy_name(self):
        return 'morsel_nl_' + self.name.replace('-', '_') + '_policy'


class Operation:
    def __init__(self, node, value, sets):
        only('operations', node, ('name', 'doc', 'value', 'attribute-set', 'do', 'dump',
                                  'notify', 'event', 'mcgrp'))
        self.name, self.doc = node['name'], node['doc']
        self.value = node.get('value', value)
        self.c_name = 'MORSEL_CMD_' + c_upper(self.name)
        self.notify, self.group = node.get('notify'), node.get('mcgrp')
        self.set = sets.get(node.get('attribute-set'))
        self.event = [self.set.by_name[n] for n in node['event']['attributes']] \
            if 'event' in node else None
        self.modes = {}
        for mode in ('do', 'dump'):
            if mode in node:
                self.modes[mode] = {part: [self.set.by_name[n] for n in msg['attributes']]
                                    for part, msg in node[mode].items()}

    def request_attributes(self):
        """What do or dump accept, in the order of their numbers."""
        found = {a.value: a for m in self.modes.values() for a in m.get('request', ())}
        return [found[v] for v in sorted(found)]

    @property
    def policy_name(self):
        return 'morsel_nl_' + self.name.replace('-', '_') + '_policy'

    @property
    def policy_size(self):
        """All of the set, also beyond what the command takes: a helper that serves several
        commands may look for any attribute of the set."""
        return f'{self.set.c_prefix}MAX + 1'

    def messages(self):
        if self.notify:
            yield 'notification', f'as the reply of {self.notify}, to the group "{self.group}"'
        if self.event:
            names = ', '.join(a.name for a in self.event)
            yield 'notification', f'{names}, to the group "{self.group}"'
        for mode, parts in self.modes.items():
            for part in ('request', 'reply'):
                names = ', '.join(a.name for a in parts.get(part, ()))
                yield f'{mode} {part}', names or 'no attributes' if part in parts \
                    or part == 'request' else 'none'

    def describe_text(self):
        return self.doc.rstrip().splitlines()


class Family:
    def __init__(self, node):
        only('family', node, ('name', 'protocol', 'uapi-header', 'doc', 'definitions',
                              'attribute-sets', 'operations', 'mcast-groups'))
        self.name, self.doc = node['name'], node['doc']
        self.definitions = [Definition(d) for d in node['definitions']]
        definitions = {d.name: d for d in self.definitions}
        self.sets = [AttributeSet(s, definitions) for s in node['attribute-sets']]
        sets = {s.name: s for s in self.sets}
        self.operations = []
        value = 1
        for op in node['operations']['list']:
            self.operations.append(Operation(op, value, sets))
            value = self.operations[-1].value + 1
        self.groups = [g['name'] for g in node['mcast-groups']['list']]

    def nested_sets(self):
        """Those that requests have in nests, in the order of their definition."""
        names = {a.nested for op in self.requests() for a in op.request_attributes()}
        return [s for s in self.sets if s.name in names]

    def requests(self):
        return [op for op in self.operations if op.modes]


def load(path):
    with open(path, encoding='utf-8') as stream:
        return Family(yaml.safe_load(stream))
