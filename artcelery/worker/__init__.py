"""Celery as the transport: one kind of task, which performs a pass; files and facts go other ways."""
