"""Who asks, and what is not asked in a chain of requests."""

import itertools
import json
import os
import subprocess
import threading
import urllib.request

import schemathesis

COUNT = itertools.count()
LOCK = threading.Lock()


@schemathesis.auth(refresh_interval=20)
class FreshAdmin:
    """An admin who has just come into being: the one before may have been removed, disabled or degraded by a generated request."""

    def get(self, case, context):
        with LOCK:
            email = f"admin-{os.getpid()}-{next(COUNT)}@example.com"
        password = os.environ["SHOPCTL_PASSWORD"]
        command = [os.environ["SHOPCTL"], "-q", "user", "register", email, "--role", "admin", "--password-stdin"]
        subprocess.run(command, input=password, text=True, check=True, stdout=subprocess.DEVNULL)
        body = json.dumps({"email": email, "password": password}).encode()
        request = urllib.request.Request(os.environ["SHOPCTL_USERS"] + "/login", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)["access_token"]

    def set(self, case, data, context):
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def before_call(context, case, kwargs):
    """In a chain a dry run would be taken for the real thing: removed by it, and still there."""
    if case.meta is not None and case.meta.phase.name.value == "stateful" and case.query:
        case.query.pop("dry_run", None)
