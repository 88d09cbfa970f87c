import { useTranslation } from "react-i18next";

/** The first stop of the Tab key: past bars and navigation, to what the page is about. */
export function SkipLink({ to }: { to: string }) {
  const { t } = useTranslation();
  return (
    <a
      href={`#${to}`}
      className="fid-skip"
      onClick={(event) => {
        event.preventDefault(); // the address stays as it is
        document.getElementById(to)?.focus();
      }}
      data-testid="skip-link"
    >
      {t("nav.skip")}
    </a>
  );
}
