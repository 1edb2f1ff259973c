"""People of an L2 at the command line: each has their own runs, files and names, and nothing of anybody else."""

from __future__ import annotations

from pathlib import Path

from artcelery.core.hashing import content_hash
from tests.client.site import site
from tests.media_files import make_still, picture_array
from tests.server.l2_server import reference_l2
from tests.services import free_port


def test_each_has_their_own_until_they_sign_out(tmp_path: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with reference_l2() as l2, site(tmp_path, port=port, public_url=url, l2_urls=l2.origin) as made:
        ada, bob = made.person("ada"), made.person("bob")
        for person in (ada, bob):
            name = person.folder.name
            make_still(person.folder / "photo.png", picture_array(80, 60))
            signed = person.run("login", said=l2.give(f"token-of-{name}", name, url))
            assert signed.returncode == 0, signed.stderr

        done = ada.run("render", "dog", "photo.png", "-o", "dog.png")
        assert (done.returncode, done.stdout) == (0, "dog.png\n"), done.stderr
        wanted = content_hash(ada.folder / "dog.png")
        run_id = ada.run("runs", "list").stdout.splitlines()[1].split()[0]
        assert l2.user("ada") in ada.run("runs", "show", run_id).stdout

        for words in (
            ["runs", "show", run_id],
            ["cache", "get", wanted, "-o", "stolen.png"],
            ["runs", "cancel", run_id],
        ):
            refused, unknown = bob.run(*words), bob.run(*[word.replace(run_id, "0" * 26) for word in words])
            assert refused.returncode == unknown.returncode == 2, refused.stderr
            assert refused.stderr.replace(run_id, "0" * 26) == unknown.stderr
        assert not (bob.folder / "stolen.png").exists()
        assert "no runs yet" in bob.run("runs", "list").stderr
        assert bob.run("worker", "status").returncode == 4

        again = bob.run("render", "dog", "photo.png", "-o", "dog.png")
        assert (again.returncode, "everything known" in again.stderr) == (0, True), again.stderr
        assert content_hash(bob.folder / "dog.png") == wanted

        assert ada.run("logout").returncode == 0
        assert ada.run("runs", "list").returncode == 4
        assert ada.run("runs", "list", variables={"ARTCELERY_TOKEN": "token-of-ada"}).returncode == 4
        assert bob.run("runs", "list").returncode == 0
