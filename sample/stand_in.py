"""A rehearsal of publishing: stand-ins for GitHub and Zenodo on this machine.

Serves the last commit of this repository in the two forms that a comparison asks for. Nothing leaves the
machine, nothing is published, and the DOI begins with 10.5072, the prefix for tests. Needs git.

    python3 stand_in.py          prints what to put into the environment, and serves until Ctrl-C
"""
import json
import os
import re
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, unquote, urlsplit

HERE = os.path.dirname(os.path.abspath(__file__))
DOI = "10.5072/zenodo.{}"


def git(*arguments):
    done = subprocess.run(["git", "-C", HERE, *arguments], capture_output=True, check=False)
    return done.stdout if done.returncode == 0 else None


def blob(commit, path):
    # `./`: relative to this folder, wherever in its repository it lies.
    return git("cat-file", "blob", f"{commit}:./{path}")


def files():
    return (git("ls-tree", "-r", "-z", "--name-only", "HEAD", ".") or b"").decode().split("\0")[:-1]


class StandIn(BaseHTTPRequestHandler):
    def do_GET(self):
        body = self.answer(unquote(urlsplit(self.path).path))
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def answer(self, path):
        branch = re.fullmatch(r"/repos/[^/]+/[^/]+/commits/([\w./-]+)", path)
        if branch:
            return git("rev-parse", "--verify", f"{branch[1]}^{{commit}}")
        raw = re.fullmatch(r"/[^/]+/[^/]+/([0-9a-f]{40})/(.+)", path)
        if raw:
            return blob(raw[1], raw[2])
        content = re.fullmatch(r"/api/records/\d+/files/(.+)/content", path)
        if content:
            return blob("HEAD", content[1])
        record = re.fullmatch(r"/api/records/(\d+)", path)
        return self.record(record[1]) if record else None

    def record(self, number):
        at = f"http://{self.headers['Host']}/api/records/{number}/files"
        listed = [{"key": key, "links": {"self": f"{at}/{quote(key)}/content"}} for key in files()]
        return json.dumps({"id": int(number), "doi": DOI.format(number), "files": listed}).encode()

    def log_message(self, *_):
        pass


def main():
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    server = ThreadingHTTPServer(("127.0.0.1", port), StandIn)
    address = "http://{}:{}".format(*server.server_address)
    for name in ("REPROLENS_GITHUB_API", "REPROLENS_GITHUB_RAW", "REPROLENS_ZENODO"):
        print(f"export {name}={address}")
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
