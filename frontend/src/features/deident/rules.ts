import type { Option, PrivateTag, Profile } from "@/shared/api/deidentification";

export type Dates = "removed" | "shifted" | "kept";

/** Options that a person switches one by one; those on dates exclude each other and are chosen together. */
export const cleaning = [
  "clean_pixels",
  "clean_descriptors",
  "clean_structured_content",
  "clean_graphics",
  "clean_recognizable_features",
] as const satisfies readonly Option[];
export const keeping = [
  "retain_patient_characteristics",
  "retain_device",
  "retain_institution",
  "retain_uids",
  "retain_safe_private",
] as const satisfies readonly Option[];

const dateOptions: Readonly<Record<Dates, Option | null>> = {
  removed: null,
  shifted: "retain_modified_dates",
  kept: "retain_full_dates",
};

/** Returns what the options say about dates. */
export function datesOf(options: readonly Option[]): Dates {
  if (options.includes("retain_full_dates")) return "kept";
  return options.includes("retain_modified_dates") ? "shifted" : "removed";
}

/** Returns the options with another choice about dates. */
export function withDates(options: readonly Option[], dates: Dates): Option[] {
  const others = options.filter((option) => !Object.values(dateOptions).includes(option));
  const option = dateOptions[dates];
  return option ? [...others, option] : others;
}

/** Returns the options with one switched on or off. */
export function withOption(options: readonly Option[], option: Option, on: boolean): Option[] {
  const others = options.filter((one) => one !== option);
  return on ? [...others, option] : others;
}

/** True when a row of the allow-list can be sent: a creator, an odd group, and the element's last two digits. */
export function isWholeTag({ creator, group, element }: PrivateTag): boolean {
  return (
    creator.trim() !== "" &&
    /^[0-9A-Fa-f]{4}$/.test(group) &&
    Number.parseInt(group, 16) % 2 === 1 &&
    /^[0-9A-Fa-f]{1,2}$/.test(element)
  );
}

/** True when what is on the page differs from what the server has. */
export function isChanged(profile: Profile, options: readonly Option[], tags: readonly PrivateTag[]): boolean {
  const sorted = (list: readonly string[]) => [...list].sort().join(" ");
  return sorted(profile.options) !== sorted(options) || JSON.stringify(profile.private_tags) !== JSON.stringify(tags);
}
