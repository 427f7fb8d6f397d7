import { useTranslation } from "react-i18next";
import { upkeepOf } from "../../state/upkeep";
import { Confirm } from "../dialogs/Confirm";
import { useName, useParley } from "../parley";
import type { DeedProps } from "./MemberDialog";

export function KickForm({ groupId, userId, onClose }: DeedProps) {
  const { t } = useTranslation();
  const parley = useParley();
  const name = useName(userId, groupId);
  return (
    <Confirm
      text={t("members.removeText", { name })}
      action={t("members.remove")}
      reasoned
      work={(reason) => upkeepOf(parley).kick(groupId, userId, reason)}
      onClose={onClose}
    />
  );
}
