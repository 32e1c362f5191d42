"""Who may do what on the object store of one machine, as documents."""

from mediashare.embedded import home as homes
from mediashare.embedded import objectstore
from mediashare.embedded.home import Home


def document(tmp_path, name):
    memory = homes.recall(Home(tmp_path))
    both = objectstore.permissions(memory, ["originals"], ["renditions"])
    return next(each["document"] for each in both["policies"] if each["name"] == name)


def test_the_upload_role_can_only_write_and_only_originals(tmp_path):
    (statement,) = document(tmp_path, "upload")["Statement"]

    assert statement["Resource"] == ["arn:aws:s3:::originals/*"]
    assert set(statement["Action"]) == {"s3:PutObject", "s3:UploadPart"}


def test_the_service_cannot_make_or_open_buckets(tmp_path):
    actions = {
        action
        for statement in document(tmp_path, "service")["Statement"]
        for action in statement["Action"]
    }

    assert not any("Bucket" in action and not action.startswith("s3:List") for action in actions)
    assert "*" not in "".join(actions)


def test_a_server_that_stopped_leaves_no_socket_and_another_keeps_its_own(tmp_path):
    names = ["seaweedfs-s3-20001.sock", "seaweedfs-filer-grpc-30001.sock"]
    for name in [*names, "seaweedfs-s3-20002.sock"]:
        (tmp_path / name).touch()

    objectstore.remove_sockets([20001], tmp_path)

    assert [each.name for each in tmp_path.iterdir()] == ["seaweedfs-s3-20002.sock"]
