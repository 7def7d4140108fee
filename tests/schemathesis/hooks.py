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


def somewhere():
    """An address that nobody has asked from: one that guesses passwords over and over has to wait, and so would all that is generated."""
    with LOCK:
        number = next(COUNT)
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


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
        headers = {"Content-Type": "application/json", "X-Forwarded-For": somewhere()}
        request = urllib.request.Request(os.environ["SHOPCTL_USERS"] + "/login", body, headers)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)["access_token"]

    def set(self, case, data, context):
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def before_call(context, case, kwargs):
    """Says who asks. In a chain a dry run would be taken for the real thing: removed by it, and still there."""
    case.headers = case.headers or {}
    case.headers["X-Forwarded-For"] = somewhere()
    if case.meta is not None and case.meta.phase.name.value == "stateful" and case.query:
        case.query.pop("dry_run", None)
