import type { ComponentProps } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "../../components/overlays";
import { Confirm } from "./Confirm";

/** Asks before something is done that cannot be taken back. */
export function Ask({ title, ...rest }: { title: string } & ComponentProps<typeof Confirm>) {
  const { t } = useTranslation();
  return (
    <Dialog title={title} closeLabel={t("action.close")} onClose={rest.onClose} alert>
      <Confirm {...rest} />
    </Dialog>
  );
}
