"""Tells the dashboard what a run of ansible-playbook does: one JSON object a line on standard output, at once.

A line that starts with the record separator (RFC 7464) is an event. `out` carries what Ansible's own default
callback would have printed, so that what a person reads is what Ansible says, with its colours and its no_log.
"""
from __future__ import annotations

import json
import os
import time

from ansible.plugins.callback.default import CallbackModule as DefaultCallback
from ansible.utils.color import stringc

DOCUMENTATION = """
    name: homelab
    type: stdout
    short_description: JSON lines for HomelabDashboard
    description:
        - Writes an event a line, and Ansible's usual output inside of such events.
    extends_documentation_fragment:
      - default_callback
      - result_format_callback
    requirements:
      - set as stdout in configuration
"""

LONGEST_LINE = 4000
LONGEST_WORDS = 600
LINES_AT_ONCE = 40
STARS = 79
GATHERING = {"setup", "gather_facts"}
FACTS = (
    "distribution", "distribution_version", "distribution_release", "os_family", "kernel", "architecture", "system",
    "hostname", "fqdn", "domain", "machine_id", "product_name", "system_vendor", "bios_version", "virtualization_type",
    "virtualization_role", "processor_count", "processor_cores", "processor_vcpus", "processor_threads_per_core",
    "memtotal_mb", "swaptotal_mb", "default_ipv4", "default_ipv6", "all_ipv4_addresses", "interfaces", "dns",
    "python_version", "pkg_mgr", "service_mgr", "selinux", "apparmor", "uptime_seconds", "user_id", "date_time",
)


class Pipe:
    """Standard output, which the dashboard reads. When nobody reads any more the run goes on unheard."""

    def __init__(self):
        self._descriptor = os.dup(1)
        self._closed = False

    def send(self, event, **fields):
        if self._closed:
            return
        text = json.dumps({"e": event, "at": round(time.time(), 3), **fields}, ensure_ascii=False, default=str)
        # Half a surrogate pair, which Python has for a byte that is no UTF-8, is no text to anybody else.
        data = memoryview(b"\x1e" + text.encode("utf-8", "replace") + b"\n")
        try:
            while data:
                data = data[os.write(self._descriptor, data):]
        except OSError:
            self._closed = True

    def print(self, message, color=None):
        lines = message.split("\n")
        for start in range(0, len(lines), LINES_AT_ONCE):
            self.send("out", t=[self._line(line, color) for line in lines[start:start + LINES_AT_ONCE]])

    @staticmethod
    def _line(line, color):
        if len(line) > LONGEST_LINE:
            line = "%s … (%d characters more)" % (line[:LONGEST_LINE], len(line) - LONGEST_LINE)
        return stringc(line, color) if color and line else line


class Screen:
    """Stands where the default callback expects Ansible's display."""

    def __init__(self, display, pipe):
        self._display = display
        self._pipe = pipe

    def __getattr__(self, name):
        return getattr(self._display, name)

    def display(self, msg, color=None, stderr=False, screen_only=False, log_only=False, newline=True):
        if not log_only:
            self._pipe.print(msg if isinstance(msg, str) else str(msg), color)

    def banner(self, msg, color=None, cows=True):
        self._pipe.print("\n%s %s" % (msg, "*" * max(3, STARS - len(msg))), color)


class CallbackModule(DefaultCallback):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "homelab"

    def __init__(self):
        super().__init__()
        self._pipe = Pipe()
        self._display = Screen(self._display, self._pipe)
        self._begun = {}

    def v2_playbook_on_play_start(self, play):
        self._pipe.send("play", id=play._uuid, name=self._short(play.get_name()), check=bool(play.check_mode))
        super().v2_playbook_on_play_start(play)

    def v2_playbook_on_task_start(self, task, is_conditional):
        self._task(task)
        super().v2_playbook_on_task_start(task, is_conditional)

    def v2_playbook_on_handler_task_start(self, task):
        self._task(task, handler=True)
        super().v2_playbook_on_handler_task_start(task)

    def v2_playbook_on_cleanup_task_start(self, task):
        self._task(task)
        super().v2_playbook_on_cleanup_task_start(task)

    def v2_playbook_on_no_hosts_matched(self):
        self._pipe.send("no_hosts")
        super().v2_playbook_on_no_hosts_matched()

    def v2_runner_on_start(self, host, task):
        self._begun[(host.name, task._uuid)] = time.monotonic()
        self._pipe.send("start", host=host.name, task=task._uuid)
        super().v2_runner_on_start(host, task)

    def v2_runner_on_ok(self, result):
        self._result(result, "changed" if result._result.get("changed") else "ok")
        self._keep_facts(result)
        super().v2_runner_on_ok(result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._result(result, "ignored" if ignore_errors else "rescued" if self._is_rescued(result._task) else "failed", words=True)
        super().v2_runner_on_failed(result, ignore_errors)

    def v2_runner_on_unreachable(self, result):
        self._result(result, "unreachable", words=True)
        super().v2_runner_on_unreachable(result)

    def v2_runner_on_skipped(self, result):
        self._result(result, "skipped")
        super().v2_runner_on_skipped(result)

    def v2_playbook_on_stats(self, stats):
        hosts = {host: stats.summarize(host) for host in stats.processed}
        self._pipe.send("stats", hosts=hosts)
        super().v2_playbook_on_stats(stats)

    def _handle_exception(self, result, use_stderr=False):
        # Since ansible-core 2.19 a failure is an exception too, and that has the words which no_log is to hide.
        if "censored" not in result:
            super()._handle_exception(result, use_stderr)

    def _task(self, task, handler=False):
        self._pipe.send("task", id=task._uuid, name=self._short(task.get_name()), action=str(task.action), handler=handler)

    def _result(self, result, status, words=False):
        host, task = result._host.get_name(), result._task._uuid
        begun = self._begun.pop((host, task), None)
        self._pipe.send(
            "result", host=host, task=task, status=status,
            ms=None if begun is None else int((time.monotonic() - begun) * 1000),
            msg=self._words(result._result) if words else None)

    @staticmethod
    def _is_rescued(task):
        """Whether a block around it has tasks for when it fails, and it is neither one of those nor one that always runs."""
        part, block = task, task._parent
        while block:
            if getattr(block, "rescue", None) and part._uuid not in {one._uuid for one in block.rescue + block.always}:
                return True
            part, block = block, block._parent
        return False

    def _keep_facts(self, result):
        facts = result._result.get("ansible_facts")
        if str(result._task.action).rsplit(".", 1)[-1] in GATHERING and isinstance(facts, dict):
            kept = {name: facts["ansible_" + name] for name in FACTS if "ansible_" + name in facts}
            if kept:
                self._pipe.send("facts", host=result._host.get_name(), facts=kept)

    @classmethod
    def _words(cls, result):
        if "censored" in result:
            return cls._short(result["censored"])
        for item in result.get("results") or []:
            if isinstance(item, dict) and (item.get("failed") or item.get("unreachable")):
                return cls._words(item)
        said = result.get("stderr") or result.get("module_stderr") or ""
        words = str(result.get("msg") or said or result.get("stdout") or "")
        if words in ("non-zero return code", "MODULE FAILURE\nSee stdout/stderr for the exact error") and said:
            words = str(said)
        return cls._short(words.strip())

    @staticmethod
    def _short(words):
        words = str(words)
        return words if len(words) <= LONGEST_WORDS else words[:LONGEST_WORDS] + "…"
