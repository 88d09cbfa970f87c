import { createContext, use, useEffect } from "react";
import { useTranslation } from "react-i18next";

/** Where the pages below belong, such as the name of a project; "" for pages that stand by themselves. */
export const TitleContext = createContext("");

/** Names the browser's tab after the page: `Cases · Liver CT · Fiducial`. Anything but text leaves it as it is. */
export function useTitle(page: unknown): void {
  const { t } = useTranslation();
  const place = use(TitleContext);
  const app = t("common.appName");
  useEffect(() => {
    if (typeof page === "string") {
      document.title = [page, place, app].filter(Boolean).join(" · ");
    }
  }, [page, place, app]);
}
