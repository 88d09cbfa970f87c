/** Names of DICOM attributes, from the dictionary that dcmjs brings along (Cornerstone loads it anyway). */

import dcmjs from "dcmjs";

interface Dictionary {
  readonly data: {
    readonly DicomMetaDictionary: { readonly dictionary: Readonly<Record<string, { readonly name?: string }>> };
  };
}

/** The keyword of a tag: "Rows" for "00280010", "" for private and unknown ones. */
export function tagName(tag: string): string {
  const { dictionary } = (dcmjs as Dictionary).data.DicomMetaDictionary;
  return dictionary[`(${tag.slice(0, 4)},${tag.slice(4)})`]?.name ?? "";
}
