"""Network file systems, whose locks are unreliable, are detected if the operating system names them."""

from pathlib import Path

import pytest

import tanteo as tt
from tanteo.study import sidefiles, study

MOUNTS = r"""
22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 22 0:25 / /home rw,relatime shared:1 - nfs4 server:/home rw
31 30 0:26 / /home/a\040b/local rw - tmpfs tmpfs rw
32 22 0:27 / /data rw - fuse.sshfs host:/ rw
a line that is cut off
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/srv/study.db", None),
        ("/home/user/study.db", "nfs4"),
        ("/home/a b/local/study.db", None),
        ("/homework/study.db", None),
        ("/data/x/y.db", "fuse.sshfs"),
    ],
)
def test_the_nearest_mount_counts(tmp_path, path, kind):
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS)
    assert sidefiles.network_of(Path(path), mounts) == kind
    assert sidefiles.network_of(Path(path), tmp_path / "nothing") is None


def test_a_study_on_a_network_file_system_warns_and_names_the_alternative(tmp_path, monkeypatch):
    monkeypatch.setattr(study, "network_of", lambda path: "nfs4")
    with pytest.warns(RuntimeWarning, match=r"nfs4.*one process at a time.*RemoteOptimizer"):
        tt.Study(tmp_path / "study.db", {"x": tt.Float(0.0, 1.0)})
