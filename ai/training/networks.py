"""The networks we train: small 3-D U-Nets described as a MONAI config, so that a bundle can carry the description."""

from collections.abc import Mapping
from typing import Any

import torch
from monai.bundle import ConfigParser


def network_config(channels: tuple[int, ...], out_channels: int) -> dict[str, Any]:
    """Return the ``network_def`` of a residual U-Net with one input channel; each level halves the grid."""
    return {
        "_target_": "UNet",
        "spatial_dims": 3,
        "in_channels": 1,
        "out_channels": out_channels,
        "channels": list(channels),
        "strides": [2] * (len(channels) - 1),
        "num_res_units": 1,
        "norm": ["INSTANCE", {"affine": True}],
        "act": "LEAKYRELU",
    }


def build_network(config: Mapping[str, Any]) -> torch.nn.Module:
    """Return the network of one of our own configs, weights drawn from torch's global generator."""
    network: torch.nn.Module = ConfigParser({"network_def": dict(config)}).get_parsed_content("network_def")
    return network


def carry_over(network: torch.nn.Module, weights: Mapping[str, torch.Tensor]) -> float:
    """Copy every weight whose name and shape fit and return the share (0 to 1) of the parameters that was copied."""
    own = network.state_dict()
    fitting = {name: weights[name] for name in own if name in weights and weights[name].shape == own[name].shape}
    network.load_state_dict({**own, **fitting})
    total = sum(tensor.numel() for tensor in own.values())
    return float(sum(tensor.numel() for tensor in fitting.values()) / total)
