/**
 * The parts of `reproduce.sh` that are the same for every pipeline. POSIX shell, so that an image
 * without bash can run it; under bash when there is one, as commands of a pipeline often expect.
 */

/** Everything before the pipeline's own steps. */
export const BEFORE_STEPS = `if [ -z "\${BASH_VERSION-}" ] && command -v bash > /dev/null 2>&1; then
  exec bash "$0" "$@"
fi
set -eu
if (set -o pipefail) 2> /dev/null; then set -o pipefail; fi

say() { printf 'reproduce: %s\\n' "$*" >&2; }
# Status 2: it could not be checked. Status 1: it was, and does not hold.
unusable() { say "$*"; exit 2; }
differs() { say "$*"; exit 1; }
has() { command -v "$1" > /dev/null 2>&1; }

usage() {
  printf '%s\\n' 'usage: ./reproduce.sh [--host] [--network]' \\
    '  --host     run the steps on this machine, not in the pinned container' \\
    '  --network  let the steps reach the network'
}

root=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
mode=container
network=none
for option in "$@"; do
  case $option in
    --host) mode=host ;;
    --network) network= ;;
    --inside-install | --inside-run) mode=\${option#--} ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; unusable "unknown option: $option" ;;
  esac
done

# Prints the image and the epoch that were recorded, a line each.
recorded() {
  file=$root/.vaibify/environment.json
  [ -f "$file" ] || unusable ".vaibify/environment.json is missing, so no image is pinned"
  if has jq; then
    jq -r '([.dictContainer?.sImageDigest?, .sImageDigest?]
        | map(select(type == "string" and . != "")) | .[0] // ""),
      (.iSourceDateEpoch? | if type == "number" and . > 0 then floor else "" end)' "$file"
  elif has python3; then
    python3 -I -c 'import json, sys
with open(sys.argv[1], encoding="utf-8") as stream:
    document = json.load(stream)
container = document.get("dictContainer")
nested = container.get("sImageDigest") if isinstance(container, dict) else None
images = [i for i in (nested, document.get("sImageDigest")) if isinstance(i, str) and i]
epoch = document.get("iSourceDateEpoch")
print(images[0] if images else "")
print(epoch if type(epoch) is int and epoch > 0 else "")' "$file"
  else
    unusable 'jq or python3 is needed to read .vaibify/environment.json; install one of them'
  fi
}

# Only what an image reference can hold reaches the engine: never an option, never a blank.
require_pinned() {
  [ -n "$image" ] || unusable '.vaibify/environment.json records no image digest;' \\
    'run ./reproduce.sh --host to do without the pinned container'
  case $image in
    *[!A-Za-z0-9._/:@-]* | [!A-Za-z0-9]*) unusable 'the recorded image is no image reference' ;;
  esac
  case $image in
    *@sha256:* | sha256:*) hex=\${image##*sha256:} ;;
    *) unusable "$image is not pinned by digest: a tag can move" ;;
  esac
  case $hex in *[!0-9a-f]*) hex= ;; esac
  [ "\${#hex}" -eq 64 ] || unusable "$image: a SHA-256 digest has 64 hexadecimal digits"
}

choose_engine() {
  for engine in docker podman; do
    if has "$engine" && "$engine" info > /dev/null 2>&1; then return 0; fi
  done
  unusable 'neither docker nor podman answers; start one of them,' \\
    'or run ./reproduce.sh --host to do without the pinned container'
}

fetch_image() {
  case $image in
    sha256:*)
      "$engine" image inspect "$image" > /dev/null 2>&1 ||
        unusable "$image is in no registry, and $engine does not have it" ;;
    *) "$engine" pull "$image" >&2 || unusable "$engine cannot pull $image" ;;
  esac
}

# Runs this script in the container: first argument the mode, second the network (empty: allowed).
contained() {
  "$engine" run --rm \${2:+--network=$2} --volume "$scratch/work:/reproduce:z" \\
    --workdir /reproduce/tree --env "SOURCE_DATE_EPOCH=$epoch" --entrypoint sh \\
    "$image" reproduce.sh "$1"
}

# What a container's user wrote must stay readable and removable for whoever started it.
share_work() { chmod -R a+rwX "$work" 2> /dev/null || :; }

# The image keeps its own Python and packages; those of the lock come before them.
install_inside() {
  has python3 || unusable 'requirements.lock needs python3, and the image has none'
  python3 -m pip install --disable-pip-version-check --no-input --quiet --require-hashes \\
    --target "$work/packages" -r "$tree/requirements.lock" >&2 ||
    differs 'requirements.lock cannot be installed with its hashes'
}

install_on_host() {
  has python3 || unusable 'requirements.lock needs python3, and this machine has none'
  unset PYTHONPATH PYTHONHOME
  python3 -m venv "$work/venv" >&2 || unusable 'python3 cannot make a virtual environment'
  "$work/venv/bin/python" -m pip install --disable-pip-version-check --no-input --quiet \\
    --require-hashes -r "$tree/requirements.lock" >&2 ||
    differs 'requirements.lock cannot be installed with its hashes'
  PATH=$work/venv/bin:$PATH
  export PATH
}

# The user's files are left alone: the steps work on a copy, from which every declared output is
# gone. A step that makes nothing can then not pass with what was there before.
copy_tree() {
  [ -f "$root/MANIFEST.sha256" ] || unusable 'MANIFEST.sha256 is missing, so nothing is pinned'
  scratch=$(mktemp -d "\${TMPDIR:-/tmp}/reproduce.XXXXXX")
  keep=no
  trap 'if [ "$keep" = no ]; then rm -rf -- "$scratch" || :; fi' EXIT
  trap 'exit 130' INT TERM HUP
  cp -- "$root/MANIFEST.sha256" "$scratch/MANIFEST.sha256"
  work=$scratch/work
  tree=$work/tree
  mkdir -p "$tree"
  (cd -- "$root" && tar --exclude=./.git -cf - .) | (cd -- "$tree" && tar -xf -) ||
    unusable "the files cannot be copied to $tree"
  forget_outputs
}

# Removes one output from the copy, but nothing through a link: that could lead to the original.
forget() {
  refuse_links "$1"
  rm -f -- "$tree/$1"
}
empty() {
  refuse_links "$1/"
  rm -rf -- "\${tree:?}/$1"
  mkdir -p -- "$tree/$1"
}
refuse_links() {
  at=$tree
  rest=$1
  while [ "$rest" != "\${rest#*/}" ]; do
    at=$at/\${rest%%/*}
    rest=\${rest#*/}
    if [ -L "$at" ]; then unusable "$1 lies behind a symbolic link; links are not followed"; fi
  done
}

set_clock() {
  if [ -z "$epoch" ]; then
    unset SOURCE_DATE_EPOCH
    say 'no SOURCE_DATE_EPOCH is recorded: outputs that hold the time of day will differ'
    return 0
  fi
  SOURCE_DATE_EPOCH=$epoch
  MPLCONFIGDIR=$work/matplotlib
  export SOURCE_DATE_EPOCH MPLCONFIGDIR
  mkdir -p "$MPLCONFIGDIR"
  printf 'svg.hashsalt: %s\\n' "$epoch" > "$MPLCONFIGDIR/matplotlibrc"
}

step() {
  say "$1"
  directory=$tree/$2
  [ -d "$directory" ] || unusable "the step's directory is missing: $2"
}

run() {
  (cd -- "$directory" && exec "$shell" -c "$1") < /dev/null ||
    differs "the command ended with status $?: $1"
}

compare() {
  cd -- "$tree"
  if has sha256sum; then
    sed '/^#/d' "$scratch/MANIFEST.sha256" | sha256sum -c
  elif has shasum; then
    sed '/^#/d' "$scratch/MANIFEST.sha256" | shasum -a 256 -c
  else
    unusable 'sha256sum or shasum is needed to compare the files'
  fi
}
`;

/** Everything after them: which part of the script runs where, and what may be claimed. */
export const AFTER_STEPS = `case \${mode} in
  inside-install | inside-run)
    tree=$root
    work=$(dirname -- "$root")
    trap share_work EXIT
    ;;
esac
if has bash; then shell=bash; else shell=sh; fi

if [ "$mode" = inside-install ]; then
  install_inside
  exit 0
fi
if [ "$mode" = inside-run ]; then
  epoch=\${SOURCE_DATE_EPOCH-}
  PYTHONPATH=$work/packages\${PYTHONPATH:+:$PYTHONPATH}
  PATH=$work/packages/bin:$PATH
  export PYTHONPATH PATH
  set_clock
  run_steps
  exit 0
fi

image=
epoch=
if [ "$mode" = container ] || [ -f "$root/.vaibify/environment.json" ]; then
  record=$(recorded) || unusable '.vaibify/environment.json cannot be read'
  image=$(printf '%s\\n' "$record" | sed -n 1p)
  epoch=$(printf '%s\\n' "$record" | sed -n 2p)
  case $epoch in *[!0-9]*) epoch= ;; esac
fi
if [ "$mode" = container ]; then
  require_pinned
  choose_engine
  fetch_image
  copy_tree
  # The image's user may be another one; nobody else reaches what lies in a private directory.
  share_work
  if [ -f "$tree/requirements.lock" ]; then contained --inside-install ''; fi
  contained --inside-run "$network"
  where="in $image"
  if [ "$network" = none ]; then where="$where, without network"; fi
else
  copy_tree
  if [ -f "$tree/requirements.lock" ]; then install_on_host; fi
  set_clock
  run_steps
  where='on this machine, not in the pinned container'
fi
[ -f "$tree/requirements.lock" ] || say 'there is no requirements.lock: no package was installed'

if compare; then
  say "every pinned file is as pinned; the steps ran $where"
  not_run
else
  keep=yes
  not_run
  differs "pinned files differ; the steps ran $where. What they made is in $tree"
fi
`;
