"""Erasure: a person is out of everything at once, and gone for good when the last of their runs has ended."""

from fermata.erasure.begin import begin, begin_within
from fermata.erasure.finish import Histories, finish, pending, workflows_of
from fermata.erasure.receipt import Receipt, read

__all__ = ["Histories", "Receipt", "begin", "begin_within", "finish", "pending", "read", "workflows_of"]
