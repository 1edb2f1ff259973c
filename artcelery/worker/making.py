"""The Celery application for given settings."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit

from celery import Celery
from kombu import Queue

from artcelery.core.settings import Settings
from artcelery.core.store.folders import make_folder
from artcelery.worker.message import TASK

__all__ = ["QUEUES", "VISIBILITY_S", "make_app"]

QUEUES = ("render", "effects", "probe")

VISIBILITY_S = int(os.environ.get("ARTCELERY_VISIBILITY_S") or 3600)
"""When Redis hands out a message again that nobody acknowledged; whoever gets it then finds the pass held or done."""

_POLL_S = 0.05
_SOCKET = {"socket_timeout": 5, "socket_connect_timeout": 3, "socket_keepalive": True, "health_check_interval": 15}


def make_app(settings: Settings) -> Celery:
    """An application that sends calls, and performs them when it is started as a worker.

    The broker is Redis where the settings name one, else a folder in the home of artcelery.
    """
    app = Celery("artcelery", set_as_current=False)
    app.conf.update(
        **(_redis(settings.redis_url.get_secret_value()) if settings.redis_url else _folder(settings)),
        accept_content=["json"],
        broker_connection_max_retries=None,
        broker_connection_retry_on_startup=True,
        enable_utc=True,
        event_serializer="json",
        task_acks_late=True,
        task_create_missing_queues=True,
        task_default_queue=QUEUES[0],
        task_ignore_result=True,
        task_publish_retry_policy={"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.1},
        task_queues=[Queue(name, routing_key=name) for name in QUEUES],
        task_reject_on_worker_lost=False,
        task_serializer="json",
        task_store_errors_even_if_ignored=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_enable_remote_control=True,
        worker_hijack_root_logger=True,
        worker_pool="artcelery.worker.shared:TaskPool",
        worker_prefetch_multiplier=1,
        worker_send_task_events=settings.redis_url is not None,
    )
    _add_task(app, settings)
    _add_steps(app, settings)
    return app


def _add_task(app: Celery, settings: Settings) -> None:
    from artcelery.worker.performing import Performing

    performing = Performing(app, settings)

    @app.task(name=TASK, bind=True, shared=False, ignore_result=True, acks_late=True)
    def execute(task: Any, call: dict[str, Any]) -> None:
        performing(call, task.request.hostname)


def _add_steps(app: Celery, settings: Settings) -> None:
    from artcelery.worker.steps import Stopping, Tending

    app.steps["worker"].update([Tending, Stopping])
    app.artcelery_settings = settings


def _redis(url: str) -> dict[str, Any]:
    from artcelery.worker.broker import use_for_redis

    use_for_redis()
    # Not `retry_on_timeout`: with it, the client connects again unseen, and the worker waits for ever for what it had
    # asked for on the lost connection.
    options = {
        "global_keyprefix": "artdag:queue:",
        "unacked_restore_interval": min(VISIBILITY_S, 10),
        "unacked_restore_throttle": 1,
        "visibility_timeout": VISIBILITY_S,
    }
    scheme = {"unix": "redis+socket"}.get(urlsplit(url).scheme)
    return {"broker_url": scheme + url[4:] if scheme else url, "broker_transport_options": {**options, **_SOCKET}}


def _folder(settings: Settings) -> dict[str, Any]:
    folder = settings.home_dir / "queue"
    for name in ("messages", "control"):
        make_folder(folder / name)
    return {
        "broker_url": "filesystem://localhost",
        "broker_transport": "artcelery.worker.folder:Transport",
        "broker_transport_options": {
            "data_folder_in": os.fspath(folder / "messages"),
            "data_folder_out": os.fspath(folder / "messages"),
            "control_folder": os.fspath(folder / "control"),
            "polling_interval": _POLL_S,
        },
    }
