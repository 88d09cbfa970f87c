"""What changes the archive. Every public function takes keywords only and says who acts."""

from studies.services.conflicts import compare_conflict, settle_conflict
from studies.services.deletion import delete_series, delete_study
from studies.services.grants import grant_series, revoke_series
from studies.services.imports import close_import, open_import
from studies.services.indexing import ensure_indexed, index_series
from studies.services.intake import store_file, store_files
from studies.services.nodes import NodeDraft, remove_node, set_node
from studies.services.readiness import index_while_waiting, refuse_waiting, require_indexed
from studies.services.repair_preview import preview_repair
from studies.services.repairing import repair_set_aside
from studies.services.research import convert_again
from studies.services.set_aside import discard_set_aside, repairs_of, retry_set_aside, start_treating

__all__ = [
    "NodeDraft",
    "close_import",
    "compare_conflict",
    "convert_again",
    "delete_series",
    "delete_study",
    "discard_set_aside",
    "ensure_indexed",
    "grant_series",
    "index_series",
    "index_while_waiting",
    "open_import",
    "preview_repair",
    "refuse_waiting",
    "remove_node",
    "repair_set_aside",
    "repairs_of",
    "require_indexed",
    "retry_set_aside",
    "revoke_series",
    "set_node",
    "settle_conflict",
    "start_treating",
    "store_file",
    "store_files",
]
