import json

import pytest

from ai.errors import SettingsError
from ai.training import TrainingSettings


def test_plain_values_round_trip():
    settings = TrainingSettings(epochs=3, patch_kji=(16, 32, 32), channels=(4, 8, 16))
    assert TrainingSettings.from_dict(json.loads(json.dumps(settings.to_dict()))) == settings
    assert TrainingSettings.from_dict({}) == TrainingSettings()


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"epoch": 3}, "epoch"),
        ({"epochs": 0}, "epochs"),
        ({"epochs": 1.5}, "epochs"),
        ({"epochs": "3"}, "epochs"),
        ({"epochs": True}, "epochs"),
        ({"batch": None}, "batch"),
        ({"learning_rate": 0}, "learning_rate"),
        ({"learning_rate": float("nan")}, "learning_rate"),
        ({"patch_kji": [32, 64]}, "patch_kji"),
        ({"patch_kji": [30, 64, 64]}, "patch_kji"),
        ({"patch_kji": 32}, "patch_kji"),
        ({"spacing_mm": [1, 1, 0]}, "spacing_mm"),
        ({"window_hu": [10, 10]}, "window_hu"),
        ({"channels": [8]}, "channels"),
        ({"foreground_share": 1.2}, "foreground_share"),
        ({"seed": -1}, "seed"),
    ],
)
def test_what_cannot_be_used_is_named(values, word):
    with pytest.raises(SettingsError, match=word):
        TrainingSettings.from_dict(values)


def test_whole_numbers_pass_for_decimals_and_stay_apart():
    settings = TrainingSettings.from_dict({"learning_rate": 1, "epochs": 4.0})
    assert isinstance(settings.learning_rate, float)
    assert isinstance(settings.epochs, int)
