"""The engine as a library: render once, know why, keep papers, refuse what would lose something."""

from __future__ import annotations

import json
import multiprocessing
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from artcelery import Engine, GraphBuilder, Settings, open_engine
from artcelery.core.errors import (
    ArtceleryError,
    CancelledError,
    ConfigError,
    NotAllowedError,
    NotFoundError,
    UsageError,
    VerifyError,
)
from artcelery.core.events import PassFinished, PassProgress, RunStarted
from artcelery.core.hashing import content_hash
from artcelery.core.state.records import Holding, MediaFact
from tests.media_files import frames_of, make_film, make_still, picture_array

CAT = "047187ee24e261bd44db59180cc6239d7a7f748228ceab081b52a2804c012326"
SMALL = """\
name: small
dag:
  nodes:
    - {{id: picture, type: SOURCE, config: {{input: true, name: photo}}}}
    - {{id: smaller, type: RESIZE, config: {{width: {width}}}, inputs: picture}}
    - {{id: turned, type: EFFECT, config: {{effect: invert}}, inputs: smaller}}
  output: turned
"""


def config(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(text)
    return path


def small(tmp_path: Path, width: int = 120) -> Path:
    return config(tmp_path, SMALL.format(width=width))


def test_the_cat_goes_through_dog(engine: Engine, tmp_path: Path) -> None:
    run = engine.render("dog", "cat", output=tmp_path / "dog.png")
    assert run.status == "completed"
    assert run.output_hash == content_hash(tmp_path / "dog.png")
    assert frames_of(tmp_path / "dog.png")[0].shape == (300, 451, 3)


def test_a_result_is_rendered_once(engine: Engine) -> None:
    first = engine.render("dog", "cat")
    again = engine.render("dog", "cat")
    assert first.output_hash == again.output_hash
    assert {node.status for node in first.nodes} == {"known", "rendered"}
    assert {node.status for node in again.nodes} == {"known"}


def test_identity_gives_its_input_unchanged(engine: Engine, tmp_path: Path) -> None:
    assert engine.render("identity", "cat").output_hash == CAT
    assert engine.render("identity", "cat", output=tmp_path / "same.png").output_hash == CAT
    assert engine.render("identity", "cat", output=tmp_path / "other.webp").output_hash != CAT


def test_only_names_and_order_may_change_without_rendering(engine: Engine, tmp_path: Path) -> None:
    one = engine.run(engine.order(small(tmp_path), {"photo": "cat"}))
    renamed = SMALL.format(width=120).replace("smaller", "s").replace("turned", "t").replace("name: small", "name: b")
    two = engine.run(engine.order(config(tmp_path, renamed), {"photo": "cat"}))
    assert two.output_key == one.output_key
    assert all(node.status == "known" for node in two.nodes)


def test_a_copied_and_renamed_source_is_the_same_source(engine: Engine, tmp_path: Path) -> None:
    first, second = tmp_path / "a.png", tmp_path / "b.dat"
    make_still(first, picture_array())
    shutil.copy(first, second)
    assert engine.render("invert", first).output_key == engine.render("invert", second).output_key


def test_the_plan_says_why(engine: Engine, tmp_path: Path) -> None:
    def reasons(width: int, picture: str | Path = "cat") -> dict[str, tuple[str, str]]:
        plan = engine.plan(engine.order(small(tmp_path, width), {"photo": picture}))
        return {node.id: (node.status, node.reason) for node in plan.nodes.values()}

    assert reasons(120)["smaller"] == ("render", "never rendered")
    run = engine.run(engine.order(small(tmp_path), {"photo": "cat"}))
    assert {status for status, _ in reasons(120).values()} == {"known"}
    assert reasons(200)["smaller"] == ("render", "RESIZE.width 120 -> 200")
    assert reasons(200)["turned"] == ("render", "input changed (smaller)")
    other = tmp_path / "other.png"
    make_still(other, picture_array(300, 200))
    assert reasons(120, other)["smaller"] == ("render", "input changed (picture)")
    assert run.output_hash is not None
    engine.cache.path(run.output_hash).unlink()
    assert reasons(120)["turned"][1].startswith("result lost from the cache")
    assert reasons(120)["smaller"] == ("render", "unchanged; kept only in memory, and needed again")


def test_a_plan_of_a_read_only_engine_writes_nothing(settings: Settings, tmp_path: Path) -> None:
    with open_engine(settings, read_only=True) as engine:
        plan = engine.plan(engine.order(small(tmp_path), {"photo": "cat"}))
    assert [item.node for item in plan.passes] == ["turned"]
    assert not settings.home_dir.exists()


def test_parameters_are_part_of_the_key(engine: Engine) -> None:
    full = engine.render("dog", "cat")
    assert engine.render("dog", "cat", params={"colour": 1.0}).output_key == full.output_key
    assert engine.render("dog", "cat", params={"colour": 0.5}).output_key != full.output_key


def test_the_record_names_everything(engine: Engine) -> None:
    run = engine.render("dog", "cat")
    record = engine.runs.provenance(run.id)
    assert record["task_id"] == run.id
    assert record["rendered_by"] == "@tester@here"
    assert record["output"]["content_hash"] == run.output_hash
    assert record["inputs"] == [{"name": "cat", "content_hash": CAT}]
    assert record["effects"][0]["name"] == "dog"
    assert len(record["effects"][0]["content_hash"]) == 64
    assert set(record["infrastructure"]) == {"software", "hardware"}
    assert record["config"]["content_hash"] == run.config_id
    assert [node["status"] for node in record["nodes"]] == ["reused", "rendered"]
    assert record["encoding"]["format"] == "png"
    assert record["passes"][0]["seconds"] > 0
    assert set(record["versions"]) == {"artcelery", "pyav", "pillow", "numpy", "python", "ffmpeg"}
    assert run.provenance_hash is not None
    assert content_hash(engine.cache.path(run.provenance_hash)) == run.provenance_hash


def test_inputs_outputs_and_papers_of_runs_stay(engine: Engine) -> None:
    run = engine.render("dog", "cat")
    assert run.output_hash is not None
    assert run.provenance_hash is not None
    for needed in (CAT, run.output_hash, run.config_id, run.provenance_hash):
        with pytest.raises(NotAllowedError, match=run.id):
            engine.cache.remove(needed)
    assert engine.cache.prune(max_size_bytes=0).items == ()
    engine.runs.remove(run.id)
    assert engine.cache.remove(run.output_hash).size_bytes > 0
    with pytest.raises(NotFoundError):
        engine.runs.get(run.id)


def origins(engine: Engine) -> dict[str, str]:
    return {item.content_hash: item.origin for item in engine.cache.list()}


def test_what_nobody_wrote_is_no_config_and_its_text_is_kept_as_long_as_a_run_needs_it(
    engine: Engine, tmp_path: Path
) -> None:
    run = engine.render("dog", "cat", params={"acuity": 0.5})
    assert engine.configs.list() == engine.configs.names() == []
    for said in ("dog", run.config_id):
        with pytest.raises(NotFoundError, match="artcelery config list"):
            engine.configs.get(said)
    assert origins(engine)[run.config_id] == "graph"
    assert engine.cache.prune(max_size_bytes=0).items == ()
    assert engine.verify(run.id, rerender=True).content_hash == run.output_hash
    assert engine.configs.list() == []
    text = config(tmp_path, engine.cache.path(run.config_id).read_text())
    engine.runs.remove(run.id)
    engine.cache.prune(max_size_bytes=0)
    assert run.config_id not in origins(engine)
    engine.render("dog", "cat", params={"acuity": 0.5})
    assert engine.configs.add(text).id == run.config_id
    assert (engine.configs.get("dog").id, origins(engine)[run.config_id]) == (run.config_id, "config")
    engine.render("dog", "cat", params={"acuity": 0.5})
    assert (len(engine.configs.list()), origins(engine)[run.config_id]) == (1, "config")


def test_nothing_is_left_of_a_config_that_is_removed(engine: Engine, tmp_path: Path) -> None:
    kept = engine.configs.add(small(tmp_path))
    assert origins(engine) == {kept.id: "config"}
    assert [it.content_hash for it in engine.state.belongings("").files.page().files] == [kept.id]
    assert engine.configs.remove("small") == kept
    assert origins(engine) == {}
    assert engine.state.belongings("").files.total() == (0, 0)


def test_what_somebody_wrote_is_a_config_once_it_was_run(engine: Engine, tmp_path: Path) -> None:
    engine.assets.add(make_still(tmp_path / "picture.png"), "picture")
    written = engine.run(engine.order(small(tmp_path), {"photo": "picture"}))
    graph = GraphBuilder("made")
    made = engine.run(engine.order(graph.config(graph.effect("invert", graph.source(asset="cat")))))
    assert {record.id for record in engine.configs.list()} == {written.config_id, made.config_id}
    assert {origins(engine)[run.config_id] for run in (written, made)} == {"config"}


def test_pruning_frees_the_cheapest_to_make_again_first(engine: Engine) -> None:
    quick, slow = engine.render("invert", "cat"), engine.render("dog", "cat")
    for run in (quick, slow):
        engine.runs.remove(run.id)
    assert quick.output_hash is not None
    assert slow.output_hash is not None
    costs = {}
    for run in (quick, slow):
        assert run.output_hash is not None
        (node,) = [node for node in run.nodes if node.status == "rendered"]
        costs[run.output_hash] = (node.seconds or 0) / engine.cache.path(run.output_hash).stat().st_size
    order = [item.content_hash for item in engine.cache.prune(max_size_bytes=0, dry_run=True).items]
    outputs = [found for found in order if found in costs]
    assert outputs == sorted(costs, key=costs.__getitem__)
    assert engine.cache.find(quick.output_hash)
    engine.cache.prune(max_size_bytes=0)
    with pytest.raises(NotFoundError):
        engine.cache.find(slow.output_hash)


def test_what_users_of_a_server_have_is_neither_pruned_nor_removed(engine: Engine, tmp_path: Path) -> None:
    theirs = engine.assets.add(make_still(tmp_path / "theirs.png")).content_hash
    files = engine.state.belongings("@quill@l2.example.com").files
    files.put(Holding(theirs, engine.cache.path(theirs).stat().st_size))
    assert engine.cache.prune(max_size_bytes=0).items == ()
    with pytest.raises(NotAllowedError, match="@quill@"):
        engine.cache.remove(theirs)
    files.remove(theirs)
    assert [item.content_hash for item in engine.cache.prune(max_size_bytes=0).items] == [theirs]


@pytest.mark.parametrize("origin", ["import", "member"])
def test_how_a_file_came_stays_known_whatever_is_found_out_of_it_later(
    engine: Engine, tmp_path: Path, origin: str
) -> None:
    media, cat = engine.state.media, engine.assets.resolve("cat").content_hash
    path = engine.cache.path(cat)
    media.remove(cat)
    brought = MediaFact(cat, path.stat().st_size, None, "mine.png", origin, "2026-01-07T10:00:00.000Z")
    media.put(brought)
    engine.assets.by_hash(cat)
    looked_into = media.get(cat)
    assert looked_into == replace(brought, clip=looked_into.clip, format="png")  # type: ignore[union-attr]
    assert engine.render("identity", "cat", output=tmp_path / "out.png").output_hash == cat
    assert media.get(cat) == looked_into


def test_what_is_imported_after_a_member_brought_it_is_an_import(engine: Engine, tmp_path: Path) -> None:
    path = make_still(tmp_path / "picture.png", picture_array(40, 30))
    engine.state.media.put(MediaFact(content_hash(path), 0, None, "theirs.png", "member", "2026-01-07T10:00:00.000Z"))
    engine.assets.add(path)
    fact = engine.state.media.get(content_hash(path))
    assert fact is not None
    assert (fact.name, fact.origin) == ("picture.png", "import")


def test_a_lost_or_cut_blob_is_a_miss_and_is_rendered_again(engine: Engine) -> None:
    run = engine.render("invert", "cat")
    assert run.output_hash is not None
    path = engine.cache.path(run.output_hash)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:100])
    again = engine.render("invert", "cat")
    assert again.output_hash == run.output_hash
    assert [node.status for node in again.nodes] == ["known", "rendered"]
    assert content_hash(engine.cache.path(run.output_hash)) == run.output_hash


def test_a_flipped_bit_is_found_quarantined_and_rendered_again(engine: Engine) -> None:
    run = engine.render("invert", "cat")
    assert run.output_hash is not None
    path = engine.cache.path(run.output_hash)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(data)
    assert engine.cache.verify().wrong == (run.output_hash,)
    again = engine.render("invert", "cat")
    assert again.output_hash == run.output_hash
    assert engine.cache.verify().wrong == ()


def test_verify_tells_true_files_from_changed_ones(engine: Engine, tmp_path: Path) -> None:
    output = tmp_path / "dog.png"
    run = engine.render("dog", "cat", output=output)
    assert engine.verify(output).run.id == run.id
    assert engine.verify(run.id, rerender=True).rerendered
    output.write_bytes(output.read_bytes() + b"!")
    with pytest.raises(VerifyError, match="no run that is recorded here made"):
        engine.verify(output)


def test_verify_notices_a_result_that_comes_out_different(engine: Engine) -> None:
    """A record whose output is a whole file, but not the one that its config renders."""
    from dataclasses import replace

    run, other = engine.render("invert", "cat"), engine.render("sepia", "cat")
    record = engine.runs.provenance(run.id)
    record["output"]["content_hash"] = other.output_hash
    forged = engine._context.store.put_bytes(json.dumps(record).encode())
    lie = replace(run, output_hash=other.output_hash, provenance_hash=forged.content_hash)
    engine._context.state.runs.put(lie)
    assert engine.verify(run.id).run.id == run.id
    with pytest.raises(VerifyError, match=r"rendering run .* again gave"):
        engine.verify(run.id, rerender=True)


TINT = """\
'''
@effect tint
@description
Adds red.
'''


def process_frame(frame, params, state):
    return frame | {red}
"""
TINTED = """\
name: tinted
dag:
  nodes:
    - {id: photo, type: SOURCE, config: {asset: photo}}
    - {id: redder, type: EFFECT, config: {effect: tint}, inputs: photo}
  output: redder
"""


def test_a_run_is_rendered_again_from_what_it_used_whatever_names_mean_now(engine: Engine, tmp_path: Path) -> None:
    effect, picture = tmp_path / "tint.py", make_still(tmp_path / "photo.png")
    effect.write_text(TINT.replace("{red}", "1"))
    engine.add_effect(effect)
    engine.assets.add(picture, "photo")
    run = engine.run(engine.order(config(tmp_path, TINTED)))
    effect.write_text(TINT.replace("{red}", "128"))
    (engine.settings.home_dir / "effects" / "tint.py").write_text(effect.read_text())
    engine.assets.add(make_still(tmp_path / "other.png", turn=3), "photo")
    blobs = sum(1 for _ in engine.cache.list())
    assert engine.verify(run.id, rerender=True).content_hash == run.output_hash
    assert sum(1 for _ in engine.cache.list()) == blobs
    assert [item.id for item in engine.runs.page().runs] == [run.id]
    assert engine.run(engine.order(config(tmp_path, TINTED))).output_hash != run.output_hash


def test_missing_and_unknown_inputs_are_said_before_rendering(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="give it with -i photo=FILE"):
        engine.run(engine.order(small(tmp_path)))
    with pytest.raises(UsageError, match="no input 'foto'; did you mean 'photo'"):
        engine.run(engine.order(small(tmp_path), {"foto": "cat"}))
    with pytest.raises(UsageError, match="no asset, file or hash 'dogg'"):
        engine.run(engine.order(small(tmp_path), {"photo": "dogg"}))
    assert engine.runs.page().runs == ()


def test_a_suffix_wins_over_the_profile_of_the_config_and_its_quality(engine: Engine, tmp_path: Path) -> None:
    text = SMALL.format(width=20) + "output_profile: {format: webp, quality: 30}\n"
    made = config(tmp_path, text)
    as_it_says = engine.run(engine.order(made, {"photo": "cat"}))
    assert (as_it_says.encoding["format"], as_it_says.encoding["still"]["quality"]) == ("webp", 30)
    assert engine.run(engine.order(made, {"photo": "cat"}, output=tmp_path / "a.png")).encoding["format"] == "png"
    other = engine.run(engine.order(made, {"photo": "cat"}, output=tmp_path / "b.webp"))
    assert other.output_hash == as_it_says.output_hash


def test_a_format_that_cannot_hold_so_large_a_picture_is_refused_before_rendering(
    engine: Engine, tmp_path: Path
) -> None:
    text = SMALL.format(width=17_000).replace(
        "config: {width: 17000}", "config: {width: 17000, height: 20, mode: stretch}"
    )
    with pytest.raises(UsageError, match=r"webp holds at most 16383 pixels a side, and this is 17000x20; .* as png"):
        engine.plan(engine.order(config(tmp_path, text), {"photo": "cat"}, format="webp"))
    film = make_film(tmp_path / "film.mkv", size=(64, 48), seconds=0.2, audio=None)
    with pytest.raises(UsageError, match=r"mp4 holds at most 16384 pixels a side, and this is 17000x20; .* as mkv"):
        engine.plan(engine.order(config(tmp_path, text), {"photo": film}))


def test_what_inputs_really_are_is_checked_before_rendering(engine: Engine, tmp_path: Path) -> None:
    text = SMALL.format(width=100).replace("type: RESIZE, config: {width: 100}", "type: SEGMENT, config: {offset: 1}")
    with pytest.raises(ConfigError, match=r"config\.yaml:5:\d+: node 'smaller' \(SEGMENT\): a still has no time"):
        engine.run(engine.order(config(tmp_path, text), {"photo": "cat"}))


def test_a_film_keeps_its_frames_and_a_still_gives_a_still(engine: Engine, tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    make_film(film, size=(160, 120), seconds=1)
    run = engine.render("invert", film, output=tmp_path / "out.mp4")
    assert run.encoding["format"] == "mp4"
    assert len(frames_of(tmp_path / "out.mp4")) == 30


def test_an_output_is_never_overwritten_without_force(engine: Engine, tmp_path: Path) -> None:
    output = tmp_path / "dog.png"
    output.write_text("mine")
    with pytest.raises(UsageError, match="--force overwrites it"):
        engine.render("dog", "cat", output=output)
    assert output.read_text() == "mine"
    engine.render("dog", "cat", output=output, force=True)
    assert frames_of(output)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dog.png", "home"]


@pytest.mark.parametrize("name", ["out.xyz", "out", "nowhere/out.png"])
def test_an_output_that_cannot_be_is_refused_at_once(engine: Engine, tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError):
        engine.render("dog", "cat", output=tmp_path / name)


def test_a_cancelled_run_says_so_and_leaves_nothing(engine: Engine, tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    make_film(film, size=(640, 480), seconds=4)
    with pytest.raises(CancelledError):
        engine.render("blur", film, cancelled=lambda: bool(seen), listener=lambda event: note(seen, event))
    (run,) = engine.runs.page().runs
    assert run.status == "cancelled"
    assert run.output_hash is None
    assert engine.render("blur", film).status == "completed"


seen: list[object] = []


def note(seen: list[object], event: object) -> None:
    if isinstance(event, PassProgress):
        seen.append(event)


def test_events_count_frames_towards_what_is_expected(engine: Engine, tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    make_film(film, size=(640, 480), seconds=3)
    events: list[object] = []
    engine.render("blur", film, listener=events.append)
    assert isinstance(events[0], RunStarted)
    progress = [event for event in events if isinstance(event, PassProgress)]
    assert progress
    assert all(event.frames == 90 for event in progress)
    assert [event.done for event in progress] == sorted(event.done for event in progress)
    assert any(isinstance(event, PassFinished) and not event.reused for event in events)


FILE_EFFECT = '''\
"""
@effect twice
@version 1.0.0
@description
Writes its input's bytes to the output, after counting that it was called.
"""
from pathlib import Path


def process(inputs, output, params, ctx):
    log = Path(__file__).with_suffix(".log")
    log.write_text(log.read_text() + "x" if log.exists() else "x")
    output.write_bytes(inputs[0].read_bytes())
    return output
'''


def test_an_effect_on_whole_files_sits_between_two_passes(engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "home" / "effects"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "twice.py").write_text(FILE_EFFECT)
    text = """\
name: three-passes
dag:
  nodes:
    - {id: picture, type: SOURCE, config: {asset: cat}}
    - {id: one, type: EFFECT, config: {effect: invert}, inputs: picture}
    - {id: two, type: EFFECT, config: {effect: twice}, inputs: one}
    - {id: three, type: EFFECT, config: {effect: invert}, inputs: two}
  output: three
"""
    order = engine.order(config(tmp_path, text), output=tmp_path / "out.png")
    assert [item.node for item in engine.plan(order).passes] == ["one", "two", "three"]
    run = engine.run(order)
    assert (frames_of(tmp_path / "out.png")[0] == frames_of(engine.cache.path(CAT))[0]).all()
    assert [node.status for node in run.nodes] == ["known", "rendered", "rendered", "rendered"]
    assert (folder / "twice.log").read_text() == "x"
    edited = engine.order(
        config(
            tmp_path,
            text.replace(
                "three, type: EFFECT, config: {effect: invert}", "three, type: EFFECT, config: {effect: sepia}"
            ),
        )
    )
    assert [item.node for item in engine.plan(edited).passes] == ["three"]


def _render(home: Path, queue: multiprocessing.Queue[object]) -> None:
    try:
        with open_engine(Settings(home=home)) as engine:
            run = engine.render("dog", "cat")
            queue.put((run.status, run.output_hash, sum(node.status == "rendered" for node in run.nodes)))
    except ArtceleryError as error:
        queue.put(error)


def test_eight_processes_make_one_result(settings: Settings) -> None:
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    processes = [context.Process(target=_render, args=(settings.home_dir, queue)) for _ in range(8)]
    for process in processes:
        process.start()
    found = [queue.get(timeout=60) for _ in processes]
    for process in processes:
        process.join(60)
    queue.close()
    queue.join_thread()
    assert {item[:2] for item in found} == {("completed", found[0][1])}
    with open_engine(settings) as engine:
        assert len(engine._context.state.results.of_content(found[0][1])) == 1
        assert engine.cache.verify().wrong == ()
        assert len(engine.runs.page().runs) == 8
