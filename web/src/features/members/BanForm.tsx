import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Select } from "../../components/Field";
import { toast } from "../../state/ui";
import { upkeepOf } from "../../state/upkeep";
import { Confirm } from "../dialogs/Confirm";
import { useName, useParley } from "../parley";
import type { DeedProps } from "./MemberDialog";

/** How much of what they wrote goes too, by the seconds. */
const CLEAN_UPS = ["0", "3600", "21600", "86400", "259200", "604800"] as const;

export function BanForm({ groupId, userId, onClose }: DeedProps) {
  const { t } = useTranslation();
  const parley = useParley();
  const name = useName(userId, groupId);
  const [cleanUp, setCleanUp] = useState<(typeof CLEAN_UPS)[number]>("0");
  return (
    <Confirm
      text={t("member.banText", { name })}
      action={t("member.ban")}
      reasoned
      work={async (reason) => {
        await upkeepOf(parley).ban(groupId, userId, Number(cleanUp), reason);
        toast(t("member.banned", { name }));
      }}
      onClose={onClose}
    >
      <Select
        label={t("member.cleanUp")}
        value={cleanUp}
        options={CLEAN_UPS.map((value) => ({ value, label: t(`member.cleanUp.${value}`) }))}
        onChange={setCleanUp}
        testId="ban-clean-up"
      />
    </Confirm>
  );
}
