"""A small task with four classes, one of them rare, and a model that learns it in a fraction of a second.

Images of 48 x 48 show an uneven background, two common organs whose grey values differ from image to image, small
bright spots (vessels) that are labelled as what lies around them, and, in three images of ten, one or two small
lesions: about as bright as the second organ, told from it and from the spots by their texture. Task and
model were changed several times while strategies were looked at too (docs/selecting.md).
Everything follows from the seed.
"""

import numpy as np
from scipy import ndimage

from ai.selection.simulation.setup import IGNORE, LabelledPool

SIDE = 48
CLASSES = 4
RARE = 3


def image_and_labels(rng):
    """Return features (F, 48, 48) float32 and labels uint8: 1 and 2 organs, 3 the rare lesion."""
    y, x = np.mgrid[:SIDE, :SIDE].astype(float)
    labels = np.zeros((SIDE, SIDE), dtype=np.uint8)
    image = 0.25 * ndimage.gaussian_filter(rng.normal(size=(SIDE, SIDE)), 4) * 10

    def ellipse(low, high):
        radii, turn = rng.uniform(low, high, 2), rng.uniform(0, np.pi)
        centre = rng.uniform(radii.max(), SIDE - radii.max(), 2)
        a = (y - centre[0]) * np.cos(turn) + (x - centre[1]) * np.sin(turn)
        b = -(y - centre[0]) * np.sin(turn) + (x - centre[1]) * np.cos(turn)
        return (a / radii[0]) ** 2 + (b / radii[1]) ** 2 <= 1

    texture = np.where((np.floor(y / 2) + np.floor(x / 2)) % 2, 1.0, -1.0)
    for label, grey, low, high in ((1, 1.0, 7, 12), (2, 2.0, 5, 9)):
        inside = ellipse(low, high)
        labels[inside] = label
        image[inside] = grey + rng.normal(0, 0.25)
    for _ in range(rng.integers(1, 4)):
        image[ellipse(1.5, 3)] = rng.uniform(0.6, 1.4)
    for _ in range(rng.integers(1, 3) if rng.random() < 0.3 else 0):
        inside = ellipse(2.5, 4.5)
        labels[inside] = RARE
        image[inside] = rng.normal(2.0, 0.3) + rng.uniform(0.5, 1.0) * texture[inside]
    image = ndimage.gaussian_filter(image, 0.6) + rng.normal(0, 0.2, image.shape)
    return features(image), labels


def features(image):
    """Return what the model sees of each pixel: grey, its mean and spread at three scales, gradient, fine texture."""
    rows = [image, ndimage.gaussian_gradient_magnitude(image, 1.0)]
    for scale in (1.0, 2.0, 4.0):
        mean = ndimage.gaussian_filter(image, scale)
        rows += [mean, np.sqrt(np.maximum(ndimage.gaussian_filter(image**2, scale) - mean**2, 0))]
    rows.append(ndimage.gaussian_filter(abs(ndimage.gaussian_laplace(image, 0.8)), 2.0))
    return np.stack(rows).astype(np.float32)


def embedding(part):
    """Return mean and spread of each feature in a region (F, …)."""
    flat = part.reshape(len(part), -1)
    return np.concatenate([flat.mean(axis=1), flat.std(axis=1)])


def pool(seed=0, *, cases=32, held_out=24):
    """Return a pool of images and others to score on."""
    rng = np.random.default_rng([77, seed])
    made = [image_and_labels(rng) for _ in range(cases + held_out)]
    images, labels = [one[0] for one in made], [one[1] for one in made]
    spread = np.stack([image.std(axis=(1, 2)) for image in images]).mean(axis=0)[:, None, None]
    images = [(image / spread).astype(np.float32) for image in images]
    return LabelledPool(images[:cases], labels[:cases], images[cases:], labels[cases:], CLASSES, embedding)


class PixelEnsemble:
    """Small networks with one hidden layer, pixel by pixel, from other weights and other pixels each."""

    def __init__(self, seed, *, members=3, hidden=24, batch=256):
        self.rng = np.random.default_rng([3, seed])
        self.members, self.hidden, self.batch = members, hidden, batch

    def fit(self, images, labels):
        seen = [
            (image[:, truth != IGNORE], truth[truth != IGNORE]) for image, truth in zip(images, labels, strict=True)
        ]
        x = np.concatenate([one[0] for one in seen], axis=1)
        y = np.concatenate([one[1] for one in seen])
        self.middle, self.spread = x.mean(axis=1, keepdims=True), x.std(axis=1, keepdims=True) + 1e-6
        x, (m, h, f) = (x - self.middle) / self.spread, (self.members, self.hidden, len(x))
        shapes = ((m, h, f, 2 / f), (m, h, 1, 0), (m, CLASSES, h, 1 / h), (m, CLASSES, 1, 0))
        w = [(self.rng.normal(size=one[:3]) * np.sqrt(one[3])).astype(np.float32) for one in shapes]
        first, second = [np.zeros_like(one) for one in w], [np.zeros_like(one) for one in w]
        order = np.argsort(y, kind="stable")
        _, starts, counts = np.unique(y[order], return_index=True, return_counts=True)
        steps = int(4 * np.sqrt(len(y)))  # more to learn from, longer training
        for step in range(1, steps + 1):
            drawn = self.rng.integers(0, len(y), (m, self.batch))
            # A third of each batch shows every class that was seen equally often: nnU-Net's share of foreground.
            label = self.rng.integers(0, len(counts), (m, len(range(0, self.batch, 3))))
            drawn[:, ::3] = order[starts[label] + (self.rng.random(label.shape) * counts[label]).astype(int)]
            for place, slope in enumerate(_slopes(w, x[:, drawn].swapaxes(0, 1), y[drawn])):
                first[place] += 0.1 * (slope - first[place])
                second[place] += 0.01 * (slope**2 - second[place])
                pace = 0.02 * np.sqrt(1 - 0.99**step) / (1 - 0.9**step) * (1 - step / (steps + 1))
                w[place] -= (pace * first[place] / (np.sqrt(second[place]) + 1e-8)).astype(np.float32)
        self.weights = w

    def predict(self, image):
        w, x = self.weights, (image.reshape(len(image), -1) - self.middle) / self.spread
        out = _softmax(w[2] @ np.maximum(w[0] @ x + w[1], 0) + w[3])
        return out.reshape(self.members, CLASSES, *image.shape[1:])


def _slopes(w, x, y):
    """Return the slope of the mean cross-entropy by each weight, for x (M, F, N) and y (M, N)."""
    inner = np.maximum(w[0] @ x + w[1], 0)
    off = (_softmax(w[2] @ inner + w[3]) - (y[:, None] == np.arange(CLASSES)[:, None])) / np.float32(y.shape[1])
    back = (w[2].swapaxes(1, 2) @ off) * (inner > 0)
    return (
        back @ x.swapaxes(1, 2),
        back.sum(axis=2, keepdims=True),
        off @ inner.swapaxes(1, 2),
        off.sum(axis=2, keepdims=True),
    )


def _softmax(logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
