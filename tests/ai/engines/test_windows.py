import pytest
import torch
from monai.inferers import SlidingWindowInferer

from ai.engines.windows import counted_network, window_count


@pytest.mark.parametrize("size", [(16, 16, 16), (17, 16, 40), (5, 20, 33), (48, 31, 16)])
@pytest.mark.parametrize("overlap", [0.0, 0.25, 0.5, 0.9])
@pytest.mark.parametrize("batch", [1, 3])
def test_the_count_is_what_monai_runs(size, overlap, batch):
    inferer = SlidingWindowInferer((16, 16, 16), sw_batch_size=batch, overlap=overlap)
    seen, shares = 0, []

    def network(windows):
        nonlocal seen
        seen += windows.shape[0]
        return windows

    inferer(torch.zeros(1, 1, *size), counted_network(network, inferer, size, shares.append))
    assert window_count(size, (16, 16, 16), overlap) == seen
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) == -(-seen // batch)


def test_an_exception_of_the_listener_stops_the_windows():
    inferer = SlidingWindowInferer((8, 8, 8), sw_batch_size=1, overlap=0.0)
    calls = 0

    def network(windows):
        nonlocal calls
        calls += 1
        return windows

    def stop(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        inferer(torch.zeros(1, 1, 32, 8, 8), counted_network(network, inferer, (32, 8, 8), stop))
    assert calls == 1
