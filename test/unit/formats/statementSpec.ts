/**
 * A checker of provenance that shares nothing with the code under test: the rules of the in-toto
 * attestation framework v1.1 (spec/v1/statement.md, resource_descriptor.md, digest_set.md,
 * field_types.md) and of SLSA provenance v1.0 (spec/v1.0/provenance.md, schema/provenance.proto),
 * written down from their tables of fields. Stricter than a consumer may be: a field that the tables do
 * not name is a problem, and so is one that is `null` or empty, which they count as not set.
 */

/** Adds `where: what is wrong`. */
type Report = (where: string, problem: string) => void;
type Check = (value: unknown, where: string, report: Report) => void;

interface Field {
  readonly check: Check;
  readonly required?: true;
}

/** What is wrong with a Statement v1 whose predicate is SLSA provenance v1; empty for a good one. */
export function statementProblems(value: unknown): string[] {
  const problems: string[] = [];
  const report: Report = (where, problem) => problems.push(`${where || 'document'}: ${problem}`);
  STATEMENT(value, '', report);
  unicode(value, '', report);
  return problems;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** JSON can spell one half of a surrogate pair, UTF-8 cannot. */
const unicode: Check = (value, where, report) => {
  if (typeof value === 'string' && !value.isWellFormed()) report(where, 'is no Unicode text');
  if (typeof value !== 'object' || value === null) return;
  for (const [key, each] of Object.entries(value)) {
    const at = where === '' ? key : `${where}.${key}`;
    unicode(key, `the key ${at}`, report);
    unicode(each, at, report);
  }
};

const text =
  (problem?: (value: string) => string | undefined): Check =>
  (value, where, report) => {
    if (typeof value !== 'string') {
      report(where, 'must be a string');
      return;
    }
    const found = value === '' ? 'is empty' : problem?.(value);
    if (found !== undefined) report(where, found);
  };

const constant = (expected: string): Check =>
  text((value) => (value === expected ? undefined : `must be ${expected}`));

const object =
  (fields: Readonly<Record<string, Field>>, also?: Check): Check =>
  (value, where, report) => {
    if (!isObject(value)) {
      report(where, 'must be an object');
      return;
    }
    for (const [key, { check, required }] of Object.entries(fields)) {
      const at = where === '' ? key : `${where}.${key}`;
      if (Object.hasOwn(value, key)) check(value[key], at, report);
      else if (required) report(at, 'is required');
    }
    for (const key of Object.keys(value)) {
      if (!Object.hasOwn(fields, key))
        report(`${where}.${key}`, 'is no field of the specification');
    }
    also?.(value, where, report);
  };

const list =
  (
    check: Check,
    also?: (values: readonly unknown[], where: string, report: Report) => void,
  ): Check =>
  (value, where, report) => {
    if (!Array.isArray(value)) {
      report(where, 'must be an array');
      return;
    }
    if (value.length === 0) report(where, 'is empty');
    value.forEach((each, index) => check(each, `${where}[${index}]`, report));
    also?.(value, where, report);
  };

const anyObject: Check = (value, where, report) => {
  if (!isObject(value)) report(where, 'must be an object');
};

const textMap: Check = (value, where, report) => {
  if (!isObject(value)) {
    report(where, 'must be an object');
    return;
  }
  for (const [key, each] of Object.entries(value)) text()(each, `${where}.${key}`, report);
};

/** RFC 3986: a scheme, and then only characters that a URI may have. */
const URI = /^([A-Za-z][A-Za-z0-9+.-]*):((?:[\w.~:/?#[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)$/;

/** ResourceURI and TypeURI: case-normalised, so scheme and authority are lower-case. */
const uri = text((value) => {
  const [, scheme, rest] = URI.exec(value) ?? [];
  if (scheme === undefined || rest === undefined) return 'is no URI (RFC 3986)';
  const authority = /^\/\/([^/?#]*)/.exec(rest)?.[1] ?? '';
  return scheme + authority === (scheme + authority).toLowerCase()
    ? undefined
    : 'has a scheme or an authority that is not lower-case';
});

/** RFC 3339 with `T` and in UTC, written `Z`; nanoseconds at most, and from the year 1 on (timestamp.proto). */
const timestamp = text((value) => {
  const shape = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.\d{1,9})?Z$/.exec(value);
  if (shape?.[1] === undefined) return 'is no timestamp in UTC (RFC 3339)';
  const date = new Date(`${shape[1]}Z`);
  const exists =
    !value.startsWith('0000') &&
    !Number.isNaN(date.getTime()) &&
    date.toISOString().startsWith(shape[1]);
  return exists ? undefined : 'is no time of the calendar';
});

const base64 = text((value) =>
  /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value)
    ? undefined
    : 'is no base64',
);

const mediaType = text((value) =>
  /^[\w.+-]+\/[\w.+-]+(?:;.*)?$/.test(value) ? undefined : 'is no media type',
);

/** Algorithms whose digests have one length, in hexadecimal digits. */
const LENGTHS: Readonly<Record<string, readonly number[]>> = {
  ...{ sha1: [40], sha224: [56], sha256: [64], sha384: [96], sha512: [128] },
  ...{ sha512_224: [56], sha512_256: [64], md5: [32], ripemd160: [40], sm3: [64], gost: [64] },
  ...{ sha3_224: [56], sha3_256: [64], sha3_384: [96], sha3_512: [128] },
  ...{ blake2b: [128], blake2s: [64], dirHash: [64] },
  ...{ gitCommit: [40, 64], gitTree: [40, 64], gitBlob: [40, 64], gitTag: [40, 64] },
};

const digestSet: Check = (value, where, report) => {
  if (!isObject(value)) {
    report(where, 'must be an object');
    return;
  }
  if (Object.keys(value).length === 0) report(where, 'is empty');
  for (const [algorithm, digest] of Object.entries(value)) {
    const lengths = Object.hasOwn(LENGTHS, algorithm) ? LENGTHS[algorithm] : undefined;
    const at = `${where}.${algorithm}`;
    if (lengths === undefined) report(at, 'is no algorithm of the specification');
    else if (typeof digest !== 'string' || !/^[0-9a-f]+$/.test(digest))
      report(at, 'must be lower-case hexadecimal');
    else if (!lengths.includes(digest.length)) report(at, 'has the wrong length');
  }
};

const descriptor = (required: readonly string[] = []): Check => {
  const checks: Readonly<Record<string, Check>> = {
    ...{ name: text(), uri, digest: digestSet, content: base64 },
    ...{ downloadLocation: uri, mediaType, annotations: anyObject },
  };
  const fields = Object.entries(checks).map(([key, check]): [string, Field] => [
    key,
    required.includes(key) ? { check, required: true } : { check },
  ]);
  return object(Object.fromEntries(fields), (value, where, report) => {
    const given = ['uri', 'digest', 'content'].some((key) => Object.hasOwn(value as object, key));
    if (!given) report(where, 'needs one of uri, digest, content');
  });
};

/** `name` and `uri` are unique within `subject`. */
const unique = (values: readonly unknown[], where: string, report: Report): void => {
  for (const key of ['name', 'uri']) {
    const given = values.flatMap((each) => (isObject(each) && key in each ? [each[key]] : []));
    if (new Set(given).size !== given.length) report(where, `has one ${key} twice`);
  }
};

const BUILD_DEFINITION = object(
  {
    buildType: { check: uri, required: true },
    externalParameters: { check: anyObject, required: true },
    internalParameters: { check: anyObject },
    resolvedDependencies: { check: list(descriptor()) },
  },
  (value, where, report) => {
    const { externalParameters: outer, internalParameters: inner } = value as Record<
      string,
      object
    >;
    for (const key of Object.keys(outer ?? {})) {
      if (Object.hasOwn(inner ?? {}, key)) report(where, `has the parameter ${key} twice`);
    }
  },
);

const BUILDER = object({
  id: { check: uri, required: true },
  version: { check: textMap },
  builderDependencies: { check: list(descriptor()) },
});

const METADATA = object(
  {
    invocationId: { check: text() },
    startedOn: { check: timestamp },
    finishedOn: { check: timestamp },
  },
  (value, where, report) => {
    const { startedOn, finishedOn } = value as Record<string, unknown>;
    if (typeof startedOn !== 'string' || typeof finishedOn !== 'string') return;
    if (Date.parse(startedOn) > Date.parse(finishedOn)) report(where, 'ends before it begins');
  },
);

const PROVENANCE = object({
  buildDefinition: { check: BUILD_DEFINITION, required: true },
  runDetails: {
    check: object({
      builder: { check: BUILDER, required: true },
      metadata: { check: METADATA },
      byproducts: { check: list(descriptor()) },
    }),
    required: true,
  },
});

const STATEMENT = object({
  _type: { check: constant('https://in-toto.io/Statement/v1'), required: true },
  subject: { check: list(descriptor(['digest']), unique), required: true },
  predicateType: { check: constant('https://slsa.dev/provenance/v1'), required: true },
  predicate: { check: PROVENANCE, required: true },
});
