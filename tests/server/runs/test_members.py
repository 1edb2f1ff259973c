"""Everybody sees and uses what is theirs; of what is somebody else's nothing is said but that it is not there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from functools import partial
from itertools import product
from pathlib import Path

import pytest
from redis import Redis

from artcelery.core.engine import Engine
from artcelery.core.engine.assets import Assets
from artcelery.core.engine.context import Context, open_context
from artcelery.core.engine.people import OPERATOR, Member
from artcelery.core.engine.people.runs import RunRequest
from artcelery.core.errors import (
    ArtceleryError,
    CancelledError,
    ConfigError,
    ConflictError,
    ForbiddenError,
    NotAllowedError,
    NotFoundError,
    QuotaError,
    StoreError,
    UnreachableError,
    UsageError,
)
from artcelery.core.runs import failed
from artcelery.core.settings import Settings
from artcelery.core.state.protocol import FileFilter, RunFilter
from tests.core.state.making import at_once
from tests.media_files import make_sound, make_still, picture_array
from tests.server.runs.people import Published, done, hold, rendered, who
from tests.services import RedisServer, redis_server

A, B = who("a"), who("b")
GRAY = """\
name: gray
dag:
  nodes:
    - {id: a, type: SOURCE, config: {input: true}}
    - {id: b, type: EFFECT, config: {effect: grayscale}, inputs: a}
  output: b
"""
BROKEN = '''\
"""A broken effect.

@effect broken
"""

def process_frame(frame, params, state):
    raise ValueError("it is broken")
'''
LATER = """\
name: later
registry: {assets: {secret: {path: PATH}}}
dag:
  nodes:
    - {id: song, type: SOURCE, config: {input: true}}
    - {id: facts, type: ANALYZE, config: {features: [duration]}, inputs: song}
    - id: seen
      type: MAP
      config:
        over: {t: ["${facts.duration}"]}
        nodes:
          - {id: found, type: SOURCE, config: {WHAT}}
          - {id: soft, type: EFFECT, config: {effect: blur, params: {radius: "${t}"}}, inputs: found}
        output: soft
    - {id: all, type: LAYER, inputs: seen}
  output: all
"""


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(params=["sqlite", "redis"])
def context(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Context]:
    """The rooms of an engine on each state."""
    url = None
    if request.param == "redis":
        url = request.getfixturevalue("redis").url(7)
        with Redis.from_url(url) as client:
            client.flushdb()
    given = {"home": tmp_path / "home", "actor": "@op@here", "redis_url": url, "quota_runs": 2}
    context = open_context(Settings.model_validate(given))
    yield context
    context.state.close()


@pytest.fixture
def published() -> Published:
    return Published()


@pytest.fixture
def people(context: Context, published: Published) -> tuple[Member, Member, Member]:
    """Two users of L2, and who operates the server."""
    return Member(context, A, published), Member(context, B, published), Member(context, OPERATOR, published)


@pytest.fixture
def picture(context: Context, tmp_path: Path) -> str:
    """A stored picture that is nobody's but the operator's."""
    return Assets(context).add(make_still(tmp_path / "picture.png", picture_array(40, 30))).content_hash


People = tuple[Member, Member, Member]


def refused(call: Callable[[], object], *hidden: str) -> tuple[type[ArtceleryError], str]:
    """The error of a call, without the words in which it may differ."""
    with pytest.raises(ArtceleryError) as caught:
        call()
    message = caught.value.message
    for word in hidden:
        message = message.replace(word, "X")
    return type(caught.value), message


def test_what_a_run_uses_and_makes_becomes_its_users(context: Context, people: People) -> None:
    a, b, _ = people
    run = rendered(a, text=GRAY, inputs=["cat"], output_name="mine")
    assert run.user == A.user
    named = {run.config_id, run.output_hash, run.provenance_hash, *run.inputs.values()}
    named |= {node.content_hash for node in run.nodes if node.content_hash}
    files = context.state.belongings(A.user).files
    held = {item.content_hash: item for item in files.page(limit=100).files}
    assert set(held) == named
    output = held[run.output_hash or ""]
    assert (output.kind, output.name, output.origin) == ("still", "mine.png", "render")
    for content_hash in named:
        path = context.store.find(content_hash or "")
        assert path is not None
        assert held[content_hash or ""].size_bytes == path.stat().st_size
    assert files.total() == (len(held), sum(item.size_bytes for item in held.values()))
    assert context.state.belongings(B.user).files.total() == (0, 0)
    assert [record.id for record in a.configs.page().configs] == [run.config_id]
    assert context.state.configs.get(run.config_id) is None
    again = rendered(b, text=GRAY, inputs=["cat"])
    assert (again.output_hash, again.user) == (run.output_hash, B.user)
    assert context.state.holders(run.output_hash or "") == [A.user, B.user]


def test_runs_of_the_operator_need_no_holdings(context: Context, people: People) -> None:
    _, _, operator = people
    run = rendered(operator, text=GRAY, inputs=["cat"])
    assert run.user == "@op@here"
    assert context.state.holders(run.output_hash or "") == []
    assert [record.id for record in context.state.configs.all()] == [run.config_id]


def test_an_effect_that_is_run_makes_no_recipe_of_anybodys(context: Context, people: People) -> None:
    a, _, operator = people
    for member in (a, operator):
        run = rendered(member, recipe="grayscale", inputs=["cat"])
        files = context.state.belongings(member.who.user).files
        assert member.configs.page().configs == ()
        assert member.configs.find(run.config_id) is None
        graphs = files.page(only=FileFilter(origin="graph", papers=True)).files
        assert [(it.content_hash, it.name) for it in graphs] == [(run.config_id, "grayscale")]
        assert run.config_id not in {it.content_hash for it in files.page(only=FileFilter(papers=False)).files}
        assert member.files.open(run.config_id)[1].read_bytes().startswith(b"name: grayscale")
    text = a.files.open(run.config_id)[1].read_bytes()
    for member in (a, operator):
        kept, _ = member.configs.add(text)
        assert [record.id for record in member.configs.page().configs] == [kept.id] == [run.config_id]
        held = context.state.belongings(member.who.user).files.get(run.config_id)
        assert held is not None
        assert (held.origin, held.size_bytes) == ("config", len(text))


def test_a_run_that_begins_again_makes_no_recipe(context: Context, people: People) -> None:
    library = context.settings.home_dir / "effects"
    library.mkdir(parents=True, exist_ok=True)
    (library / "broken.py").write_text(BROKEN)
    a, _, _ = people
    run = done(context, a.runs.submit(RunRequest("broken", inputs=["cat"])).run.id)
    a.runs.retry(run.id)
    assert done(context, run.id).status == "failed"
    assert a.configs.page().configs == ()


def test_a_run_of_somebody_else_is_not_there(people: People) -> None:
    a, b, operator = people
    run, nobodys = rendered(a, text=GRAY, inputs=["cat"]).id, "0" * 26
    calls: list[Callable[[Member, str], object]] = [
        lambda member, said: member.runs.get(said),
        lambda member, said: member.runs.plan_of(said),
        lambda member, said: member.runs.provenance(said),
        lambda member, said: member.runs.cancel(said),
        lambda member, said: member.runs.retry(said),
        lambda member, said: member.runs.remove(said),
    ]
    for call, said in product(calls, (run, run[:-1], run[:8], "last")):
        unknown = refused(partial(call, b, nobodys), nobodys)
        assert refused(partial(call, b, said), said) == unknown
        assert unknown[0] is NotFoundError
    assert b.runs.page(only=RunFilter()).runs == ()
    assert b.runs.page(only=RunFilter(config="gray")).runs == ()
    with pytest.raises(ForbiddenError):
        b.runs.page(only=RunFilter(user=A.user))
    for member in (a, operator):
        assert [item.id for item in member.runs.page(only=RunFilter(user=A.user)).runs] == [run]
        assert {member.runs.get(said).id for said in (run, run[:-1], "last")} == {run}
        assert member.runs.provenance(run)["task_id"] == run


def test_the_beginning_of_an_id_is_looked_for_among_ones_own(context: Context, people: People) -> None:
    a, b, _ = people
    run = rendered(a, text=GRAY, inputs=["cat"])
    like = replace(run, id=run.id[:-1] + ("0" if run.id[-1] != "0" else "1"), user=B.user)
    like = replace(like, asked={**run.asked, "member": B.user})
    context.state.runs.put(like)
    prefix = run.id[:-1]
    assert (a.runs.get(prefix).id, b.runs.get(prefix).id) == (run.id, like.id)
    assert context.state.runs.get(prefix) is None
    old = replace(run, id="00" + run.id[2:], created_at="1970-03-01T00:00:00.000Z")
    context.state.runs.put(old)
    assert a.runs.get(run.id[:6]).id == run.id
    for said in (run.id[:5], "zzzzzz", "0" * 9, "ILOU!!", "", "x" * 300, "\0" * 8):
        with pytest.raises(NotFoundError):
            a.runs.get(said)


def test_a_config_of_somebody_else_is_not_there(people: People) -> None:
    a, b, operator = people
    kept, _ = a.configs.add(GRAY.replace("name: gray", "name: mine-1").encode(), "gray.yaml")

    def order(recipe: str) -> object:
        return b.runs.submit(RunRequest(recipe, inputs=["cat"]))

    for said, unknown in ((kept.id, "0" * 64), ("mine-1", "mine-2")):
        for call in (b.configs.get, b.configs.remove, order):
            assert refused(partial(call, said), said) == refused(partial(call, unknown), unknown)
    assert list(b.configs.page().configs) == []
    assert a.configs.get("mine-1") == kept
    assert operator.configs.get(kept.id) == kept
    assert a.configs.remove("mine-1") == kept
    with pytest.raises(NotFoundError):
        a.configs.get(kept.id)


def test_a_config_goes_when_no_run_of_its_owner_needs_it(context: Context, people: People) -> None:
    a, b, _ = people
    run = rendered(a, text=GRAY, inputs=["cat"])
    b.configs.add(GRAY.encode())
    assert run.id in refused(lambda: a.configs.remove("gray"))[1]
    assert b.configs.remove("gray").id == run.config_id
    assert b.configs.find(run.config_id) is None
    assert a.configs.load(a.configs.get(run.config_id)).text == GRAY.encode()
    a.runs.remove(run.id)
    assert a.configs.remove("gray").id == run.config_id


@pytest.mark.parametrize("text", ["", GRAY])
def test_a_file_of_somebody_else_is_not_there(context: Context, people: People, picture: str, text: str) -> None:
    a, b, operator = people
    hold(context, A.user, picture, "hers.png")
    unknown = "0" * 64
    source = f"name: x\ndag:\n  nodes:\n    - {{id: a, type: SOURCE, config: {{hash: '{picture}'}}}}\n  output: a\n"
    recipe = "" if text else "invert"
    nothing = source.replace(picture, unknown)
    for call in (b.runs.submit, b.runs.plan):
        found = refused(partial(call, RunRequest(recipe, text, [picture])), picture)
        assert found == refused(partial(call, RunRequest(recipe, text, [unknown])), unknown)
        assert found[0] is UsageError
        named = refused(partial(call, RunRequest(text=source)), picture)
        assert named == refused(partial(call, RunRequest(text=nothing)), unknown)
        assert named[0] is ConfigError
    own = rendered(a, recipe=recipe, text=text, inputs=[picture])
    assert own.output_name.startswith("hers-")
    assert rendered(operator, recipe=recipe, text=text, inputs=[picture]).output_hash == own.output_hash
    assert refused(lambda: b.runs.submit(RunRequest("dog", inputs=[own.output_hash or ""])))[0] is UsageError


def test_names_are_ones_own(context: Context, people: People, picture: str) -> None:
    from artcelery.core.state.records import Asset

    a, b, _ = people
    context.state.assets.put(Asset("logo", picture, "2026-01-01T00:00:00.000Z"))
    assert refused(lambda: a.runs.plan(RunRequest("dog", inputs=["logo"])))[0] is UsageError
    hold(context, B.user, picture)
    context.state.belongings(B.user).assets.put(Asset("logo", picture, "2026-01-01T00:00:00.000Z"))
    assert b.runs.plan(RunRequest("dog", inputs=["logo"])).graph.sources["input"].content_hash == picture
    assert refused(lambda: a.runs.plan(RunRequest("dog", inputs=["logo"])))[0] is UsageError


def test_what_is_published_may_be_used_by_all_and_is_then_theirs(
    context: Context, people: People, picture: str, published: Published
) -> None:
    a, b, _ = people
    hold(context, A.user, picture, "hers.png")
    published.hashes.add(picture)
    run = rendered(b, recipe="dog", inputs=[picture])
    assert "hers" not in run.output_name
    published.hashes.clear()
    assert rendered(b, recipe="invert", inputs=[picture]).inputs == {"input": picture}
    published.away = True
    unknown = "0" * 64
    secret = rendered(a, recipe="dog", inputs=["cat"]).output_hash or ""
    away = refused(lambda: b.runs.plan(RunRequest("dog", inputs=[secret])))
    assert away == refused(lambda: b.runs.plan(RunRequest("dog", inputs=[unknown])))
    assert away[0] is UnreachableError


@pytest.mark.parametrize("what", ["hash: HASH", "asset: secret"])
def test_what_is_planned_later_by_a_worker_reaches_no_further(
    context: Context, people: People, tmp_path: Path, picture: str, what: str
) -> None:
    _, b, _ = people
    song = Assets(context).add(make_sound(tmp_path / "song.wav", 2)).content_hash
    text = LATER.replace("WHAT", what).replace("HASH", f"'{picture}'").replace("PATH", str(tmp_path / "picture.png"))
    hold(context, B.user, song)
    run = done(context, b.runs.submit(RunRequest(text=text, inputs=[song])).run.id)
    assert (run.status, (run.error or {})["code"]) == ("failed", "config-invalid")
    assert picture not in run.inputs.values()
    if what.startswith("hash"):
        hold(context, B.user, picture)
        assert done(context, b.runs.retry(run.id).run.id).status == "completed"


def test_nobody_has_more_runs_waiting_than_may_be(people: People) -> None:
    a, b, operator = people
    for name in ("dog", "invert"):
        a.runs.submit(RunRequest(name, inputs=["cat"]))
    kind, message = refused(lambda: a.runs.submit(RunRequest("hue", inputs=["cat"])))
    assert (kind, message.startswith("2 of your runs wait or run, and 2 may")) == (QuotaError, True)
    for member in (b, *([operator] * 3)):
        member.runs.submit(RunRequest("hue", inputs=["cat"]))
    a.runs.cancel("last")
    assert a.runs.submit(RunRequest("hue", inputs=["cat"])).run.status == "pending"
    cancelled = a.runs.page(only=RunFilter(status="cancelled")).runs[0]
    assert refused(lambda: a.runs.retry(cancelled.id))[0] is QuotaError


@pytest.mark.parametrize("how", ["submitted", "retried"])
def test_a_known_run_that_could_not_be_ended_at_once_is_ended_by_a_worker(
    context: Context, people: People, how: str
) -> None:
    a, _, _ = people
    first = rendered(a, text=GRAY, inputs=["cat"])
    order = RunRequest(text=GRAY, inputs=["cat"])
    if how == "retried":
        stopped = replace(a.runs.submit(order, "key").run, status="cancelled")
        context.state.runs.remove(stopped.id)
        context.state.runs.put(stopped)
    scratch = context.settings.cache / ".tmp"
    scratch.rename(scratch.with_name("aside"))
    scratch.touch()
    with pytest.raises(StoreError):
        a.runs.retry("last") if how == "retried" else a.runs.submit(order, "key")
    scratch.unlink()
    scratch.with_name("aside").rename(scratch)
    waits = a.runs.submit(order, "key").run
    assert (waits.status, waits.id == first.id) == ("pending", False)
    run = done(context, waits.id)
    assert (run.status, run.output_hash) == ("completed", first.output_hash)
    assert len(a.runs.page(only=RunFilter()).runs) == 2


def test_a_request_that_comes_again_finds_its_run_also_when_no_more_may_wait(people: People) -> None:
    a, _, _ = people
    orders = [RunRequest(name, inputs=["cat"]) for name in ("dog", "invert")]
    runs = [a.runs.submit(order, f"key {order.recipe}").run.id for order in orders]
    assert [a.runs.submit(order, f"key {order.recipe}").run.id for order in orders] == runs
    assert refused(lambda: a.runs.submit(orders[0], "another key"))[0] is QuotaError
    assert refused(lambda: a.runs.submit(orders[0], "key invert"))[0] is ConflictError


def test_requests_at_once_are_no_way_around_what_may_wait(context: Context, published: Published) -> None:
    members = [Member(context, A, published) for _ in range(8)]
    kinds = at_once(8, lambda number: submitted(members[number], RunRequest("hue", inputs=["cat"])))
    assert sorted(kinds) == [*["QuotaError"] * 6, *["pending"] * 2]
    assert context.state.runs.unfinished(A.user) == 2


def submitted(member: Member, request: RunRequest) -> str:
    """The status of the run, or the kind of error."""
    try:
        return member.runs.submit(request).run.status
    except ArtceleryError as error:
        return type(error).__name__


def test_what_who_operates_renders_is_nobodys_where_a_user_has_the_same_name(
    context: Context, published: Published
) -> None:
    settings = context.settings.model_copy(update={"actor": A.user})
    same = replace(context, settings=settings)
    operator, a = Member(same, OPERATOR, published), Member(same, A, published)
    order = RunRequest("dog", inputs=["cat"])
    rendered(operator, recipe="dog", inputs=["cat"])
    waits = [operator.runs.submit(RunRequest("hue", inputs=["cat"])).run for _ in range(2)]
    engine = Engine(same)
    waits.append(engine.submit(engine.order_effect("sepia", "cat")).run)
    assert {run.user for run in waits} == {A.user}
    assert a.runs.page(only=RunFilter()).runs == a.runs.page(only=RunFilter(user=A.user)).runs == ()
    for said in (waits[0].id, waits[0].id[:-1], waits[0].id[:8], "last"):
        for call in (a.runs.get, a.runs.cancel, a.runs.remove, a.runs.retry):
            assert refused(partial(call, said))[0] is NotFoundError
    own = a.runs.submit(order).run
    assert [run.id for run in a.runs.page(only=RunFilter()).runs] == [own.id]
    assert a.files.meta(own.inputs["input"])[1].used_by == (own.id,)
    assert len(operator.runs.page(only=RunFilter(user=A.user)).runs) == 5


def test_a_key_is_ones_own(people: People) -> None:
    a, b, _ = people
    order = RunRequest("dog", inputs=["cat"])
    first, other = a.runs.submit(order, "key"), b.runs.submit(order, "key")
    assert (first.run.user, other.run.user) == (A.user, B.user)
    assert a.runs.submit(order, "key").run.id == first.run.id
    a.runs.cancel(first.run.id)
    a.runs.remove(first.run.id)
    assert refused(lambda: a.runs.submit(order, "key"))[0] is NotFoundError


def test_a_run_goes_unless_its_output_is_published(context: Context, people: People, published: Published) -> None:
    a, _, operator = people
    run = rendered(a, text=GRAY, inputs=["cat"])
    published.hashes.add(run.output_hash or "")
    for member in (a, operator):
        assert refused(partial(member.runs.remove, run.id))[0] is NotAllowedError
    published.away = True
    assert refused(lambda: a.runs.remove(run.id))[0] is UnreachableError
    waits = a.runs.submit(RunRequest("dog", inputs=["cat"])).run
    assert refused(lambda: a.runs.remove(waits.id))[0] is NotAllowedError
    context.state.runs.finish(failed(waits, RuntimeError("no")), {})
    assert a.runs.remove(waits.id).id == waits.id
    stopped = a.runs.submit(RunRequest("dog", inputs=["cat"])).run
    context.state.runs.finish(failed(stopped, CancelledError("no")), {})
    assert a.runs.remove(stopped.id).id == stopped.id
    published.hashes, published.away = set(), False
    assert a.runs.remove(run.id).id == run.id
    assert context.store.has(run.output_hash or "")


def test_of_an_effect_that_fails_nobody_but_the_operator_hears_where_it_lies(context: Context, people: People) -> None:
    library = context.settings.home_dir / "effects"
    library.mkdir(parents=True)
    (library / "broken.py").write_text(BROKEN)
    a, _, operator = people
    order = RunRequest("broken", inputs=["cat"])
    ended = [done(context, member.runs.submit(order).run.id) for member in (a, operator)]
    told = [(run.error or {})["message"] for run in ended]
    assert str(library) not in json.dumps([asdict(entry) for entry in a.runs.journal(ended[0])])
    assert told[1].replace(f"{library}/", "") == told[0]
    assert f"{library}/broken.py" in told[1]


def test_what_others_did_before_is_no_reason(people: People) -> None:
    text = GRAY.replace("grayscale", "blur, params: {radius: RADIUS}")
    rendered(people[0], text=text.replace("RADIUS", "3"), inputs=["cat"])
    order = RunRequest(text=text.replace("RADIUS", "4"), inputs=["cat"])
    assert [member.runs.plan(order).nodes["b"].reason for member in people] == [
        "blur.radius 3 -> 4",
        "never rendered",
        "blur.radius 3 -> 4",
    ]


def test_nobody_hears_what_others_call_a_file(context: Context, people: People) -> None:
    a, b, _ = people
    kept = GRAY.replace("  output: b", "    - {id: c, type: EFFECT, config: {effect: invert}, inputs: b}\n  output: c")
    kept = kept.replace("inputs: a}", "inputs: a, cache: true}")
    first = rendered(
        a,
        text=kept.replace("gray\n", "secret\n").replace("id: b,", "id: hidden,").replace(": b}", ": hidden}"),
        inputs=["cat"],
    )
    node = next(node for node in first.nodes if node.id == "hidden")
    context.state.results.forget(first.output_hash or "")
    context.state.results.forget(node.content_hash or "")
    second = rendered(b, text=kept, inputs=["cat"])
    assert node.content_hash in {item.content_hash for item in second.nodes}
    names = {item.name for item in context.state.belongings(B.user).files.page(limit=100).files}
    assert names == {"cat", "gray", "b of gray", "cat-gray.png"}


def test_an_order_may_name_only_so_many_files_of_others(people: People, published: Published) -> None:
    sources = "".join(f"    - {{id: s{n}, type: SOURCE, config: {{hash: '{n:064x}'}}}}\n" for n in range(30))
    layer = f"    - {{id: all, type: LAYER, inputs: [{', '.join(f's{n}' for n in range(30))}]}}\n"
    text = f"name: many\ndag:\n  nodes:\n{sources}{layer}  output: all\n"
    assert refused(lambda: people[0].runs.plan(RunRequest(text=text)))[0] is UsageError
    assert len(published.asked) == 20


def test_a_run_of_a_user_is_verified_and_pruned_around_as_any_other(context: Context, people: People) -> None:
    run = rendered(people[0], text=GRAY, inputs=["cat"])
    waits = people[0].runs.submit(RunRequest("dog", inputs=["cat"])).run
    engine = Engine(context)
    verdict = engine.verify(run.id, rerender=True)
    assert (verdict.content_hash, verdict.rerendered) == (run.output_hash, True)
    held = {item.content_hash for item in context.state.belongings(A.user).files.page(limit=100).files}
    assert not held & {item.content_hash for item in engine.cache.prune().items}
    assert done(context, waits.id).status == "completed"
