/** Scales that are often used. Captions stay in English, the language of the systems themselves; they can be changed. */

import type { ScaleStep } from "./protocol";

const steps = (...pairs: readonly (readonly [string, string])[]): ScaleStep[] =>
  pairs.map(([value, caption]) => ({ value, caption }));

export const scales: Readonly<Record<string, readonly ScaleStep[]>> = {
  "BI-RADS": steps(
    ["0", "Incomplete"],
    ["1", "Negative"],
    ["2", "Benign"],
    ["3", "Probably benign"],
    ["4A", "Low suspicion"],
    ["4B", "Moderate suspicion"],
    ["4C", "High suspicion"],
    ["5", "Highly suggestive of malignancy"],
    ["6", "Known malignancy"],
  ),
  "Lung-RADS": steps(
    ["0", "Incomplete"],
    ["1", "Negative"],
    ["2", "Benign"],
    ["3", "Probably benign"],
    ["4A", "Suspicious"],
    ["4B", "Very suspicious"],
    ["4X", "Suspicious, with further features"],
  ),
  "PI-RADS": steps(["1", "Very low"], ["2", "Low"], ["3", "Intermediate"], ["4", "High"], ["5", "Very high"]),
  RECIST: steps(
    ["CR", "Complete response"],
    ["PR", "Partial response"],
    ["SD", "Stable disease"],
    ["PD", "Progressive disease"],
    ["NE", "Not evaluable"],
  ),
  Likert: steps(
    ["1", "Definitely not"],
    ["2", "Probably not"],
    ["3", "Undecided"],
    ["4", "Probably"],
    ["5", "Definitely"],
  ),
};
