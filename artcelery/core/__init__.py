"""The library: graphs, keys, plans, passes, the store and the state. Imports no Celery, FastAPI, Typer or Rich."""
