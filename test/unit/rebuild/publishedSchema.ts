/**
 * The schemas that in-toto publishes, asked by the reader of JSON that protobuf publishes: a judge that
 * shares nothing with this repository. Wants a checkout of in-toto/attestation, `protoc` and Python with
 * `google.protobuf` (Debian: protobuf-compiler, python3-protobuf).
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const STATEMENT = 'in_toto_attestation/v1/statement.proto';
const PROVENANCE = 'in_toto_attestation/predicates/provenance/v1/provenance.proto';

/** Stores the types of protobuf that the schemas use: Debian has their texts in a package of its own. */
const KNOWN_TYPES = `
import sys
from google.protobuf import descriptor_pb2, struct_pb2, timestamp_pb2

files = descriptor_pb2.FileDescriptorSet()
for module in (struct_pb2, timestamp_pb2):
    files.file.add().ParseFromString(module.DESCRIPTOR.serialized_pb)
with open(sys.argv[1], 'wb') as stored:
    stored.write(files.SerializeToString())
`;

/** Reads texts from standard input; for each, prints why it is refused. */
const JUDGE = `
import json, sys
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from google.protobuf import struct_pb2, timestamp_pb2

files = descriptor_pb2.FileDescriptorSet()
with open(sys.argv[1], 'rb') as stored:
    files.ParseFromString(stored.read())
pool = descriptor_pool.Default()
for file in files.file:
    if not file.name.startswith('google/'):
        pool.AddSerializedFile(file.SerializeToString())

def message(name):
    found = pool.FindMessageTypeByName('in_toto_attestation.' + name)
    if hasattr(message_factory, 'GetMessageClass'):
        return message_factory.GetMessageClass(found)()
    return message_factory.MessageFactory(pool).GetPrototype(found)()

def refusal(text):
    try:
        json_format.Parse(text, message('v1.Statement'), ignore_unknown_fields=False)
        predicate = json.dumps(json.loads(text).get('predicate', {}))
        provenance = message('predicates.provenance.v1.Provenance')
        json_format.Parse(predicate, provenance, ignore_unknown_fields=False)
    except Exception as error:
        return type(error).__name__ + ': ' + str(error)

print(json.dumps([refusal(text) for text in json.load(sys.stdin)]))
`;

/** Asks about documents; of each that is good, `undefined`. */
export type Judge = (documents: readonly string[]) => (string | undefined)[];

/** The judge, or why there is none. `scratch`: a directory for what is compiled. */
export function publishedJudge(scratch: string): Judge | string {
  const checkout = process.env['IN_TOTO_ATTESTATION'];
  if (checkout === undefined || checkout === '') {
    return 'IN_TOTO_ATTESTATION names no checkout of in-toto/attestation';
  }
  const protos = path.resolve(checkout, 'protos');
  if (!existsSync(path.join(protos, STATEMENT))) return `there is no protos/${STATEMENT}`;
  const python = pythonWithProtobuf();
  if (python === undefined) return 'not installed: google.protobuf for Python';
  const known = path.join(scratch, 'known.pb');
  const compiled = path.join(scratch, 'statement.pb');
  run(python, ['-c', KNOWN_TYPES, known]);
  if (spawnSync('protoc', ['--version']).error !== undefined) return 'not installed: protoc';
  const from = [`--descriptor_set_in=${known}`, '-I', protos];
  run('protoc', [...from, '--include_imports', '-o', compiled, STATEMENT, PROVENANCE]);
  return (documents) => {
    const input = JSON.stringify(documents);
    const refusals = JSON.parse(run(python, ['-c', JUDGE, compiled], input)) as (string | null)[];
    return refusals.map((refusal) => refusal ?? undefined);
  };
}

/** Debian's package is for Debian's Python, which need not be the first one. */
const pythonWithProtobuf = (): string | undefined =>
  ['python3', '/usr/bin/python3'].find(
    (each) => spawnSync(each, ['-c', 'import google.protobuf']).status === 0,
  );

function run(program: string, args: readonly string[], input = ''): string {
  const ran = spawnSync(program, args, { input, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (ran.status !== 0) throw new Error(`${program}: ${ran.stderr || String(ran.error)}`);
  return ran.stdout;
}
