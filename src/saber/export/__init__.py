"""How does a dataset leave the workspace, in the forms that others read and as far as its terms allow?"""

from saber.export.pick import FromReleased, FromWorkspace, Input
from saber.export.settings import FORMS, SABER_TEST, SPLITS, ExportSettings
from saber.export.write import Exported, FormCount, export_dataset

__all__ = [
    "FORMS",
    "SABER_TEST",
    "SPLITS",
    "ExportSettings",
    "Exported",
    "FormCount",
    "FromReleased",
    "FromWorkspace",
    "Input",
    "export_dataset",
]
