"""The loss of cases of which only a part is labelled: voxels that nobody decided take no part in it."""

from monai.losses import DiceLoss
from torch import Tensor, nn
from torch.nn import functional

from ai.types import IGNORED


class PartialLoss(nn.Module):
    """Dice over the batch plus cross-entropy, both over known voxels alone.

    What is `IGNORED` has a gradient of exactly 0, whatever the network says there. Without such voxels it is MONAI's
    ``DiceCELoss(to_onehot_y=True, softmax=True, batch=True)``, bit by bit. Scribbles, single slices or the box around
    one organ are labelled cases in this way: the rest of the volume is ignored. Patches are centred on labelled voxels:
    with every second or fourth slice labelled, all patches begin on an even one and a network that halves the grid
    never learns the odd ones (held-out Dice .54 where every third slice gave .80). Label every third or fifth.
    """

    def __init__(self) -> None:
        super().__init__()
        self.dice = DiceLoss(to_onehot_y=True, softmax=True, batch=True, ignore_index=IGNORED)

    def forward(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Return the loss.

        Parameters
        ----------
        logits : Tensor of float, (B, C, …)
        labels : Tensor, (B, 1, …)
            Label values 0 to C - 1, or `IGNORED`, of any type.

        Returns
        -------
        Tensor
            A scalar; 0 (with gradients of 0) when nothing is known.
        """
        if not bool((labels != IGNORED).any()):
            return (logits * 0.0).sum()
        dice: Tensor = self.dice(logits, labels)
        return dice + functional.cross_entropy(logits, labels[:, 0].long(), ignore_index=IGNORED)
