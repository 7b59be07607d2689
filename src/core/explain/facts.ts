import type { ArtifactFormat, Difference } from '../model/difference.js';
import type { Fact } from './archive.js';
import { recognise } from './recognise.js';
import type { Report } from './report.js';

/** The facts of both sides, and what they are about. */
export interface FactPair {
  readonly left: readonly Fact[];
  readonly right: readonly Fact[];
  readonly path: readonly string[];
  readonly within: ArtifactFormat;
  readonly sameContent: boolean;
}

/** Reports every fact that is not the same on both sides. */
export function compareFacts(pair: FactPair, report: Report): void {
  const [left, right] = [indexed(pair.left), indexed(pair.right)];
  const differing = [...new Set([...left.keys(), ...right.keys()])].flatMap((key) => {
    const [one, two] = [left.get(key), right.get(key)];
    const fact = one ?? two;
    if (fact === undefined || one?.value === two?.value) return [];
    if (fact.whenSame === true && !pair.sameContent) return [];
    return [{ fact, one, two }];
  });
  for (const { fact, one, two } of differing) {
    const repeats = differing.some(({ fact: other }) => !other.echo && other.class === fact.class);
    if (fact.echo === true && repeats) continue;
    report.add({
      ...{ path: pair.path, within: pair.within, class: classOf(fact, one, two) },
      field: fact.field,
      ...(fact.key === undefined ? {} : { key: fact.key }),
      ...(one === undefined || fact.hidden === true ? {} : { left: one.value }),
      ...(two === undefined || fact.hidden === true ? {} : { right: two.value }),
    });
  }
}

function indexed(facts: readonly Fact[]): Map<string, Fact> {
  const found = new Map<string, Fact>();
  for (const fact of facts) {
    const key = [fact.class, fact.field, fact.key].join('\0');
    const before = found.get(key);
    const value = before === undefined ? fact.value : `${before.value} ${fact.value}`;
    found.set(key, { ...fact, value });
  }
  return found;
}

/** A link may lead into the directory that something was built in. */
function classOf(fact: Fact, one: Fact | undefined, two: Fact | undefined): Difference['class'] {
  if (fact.field !== 'link-target') return fact.class;
  const [first, ...others] = recognise(one?.value ?? '', two?.value ?? '') ?? [];
  if (first === undefined || others.length > 0 || first.kind === 'digest') return fact.class;
  return first.kind === 'path' ? 'embedded-path' : 'embedded-date';
}
