import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Field } from "../../components/Field";
import { memberIn, nameOf } from "../../state/places";
import { upkeepOf } from "../../state/upkeep";
import { DeedForm } from "../dialogs/DeedForm";
import { useAccount, useMyId, useParley, useWorld } from "../parley";
import type { DeedProps } from "./MemberDialog";

export function NicknameForm({ groupId, userId, onClose }: DeedProps) {
  const { t } = useTranslation();
  const parley = useParley();
  const me = useMyId();
  const max = useAccount((account) => account.server?.limits.nickname_max ?? 48);
  const known = useWorld((world) => memberIn(world, groupId, userId)?.nickname ?? "");
  const plain = useWorld((world) => nameOf(world.users[userId]));
  const [nickname, setNickname] = useState(known);
  return (
    <DeedForm
      action={t("action.save")}
      reasoned={userId !== me}
      work={(reason) => upkeepOf(parley).setNickname(groupId, userId, nickname.trim() || null, reason)}
      onClose={onClose}
    >
      <Field
        label={t("overview.nickname")}
        hint={t("member.nicknameHint", { name: plain })}
        placeholder={plain}
        value={nickname}
        maxLength={max}
        autoComplete="off"
        autoFocus
        onChange={(event) => setNickname(event.target.value)}
        data-testid="nickname"
      />
    </DeedForm>
  );
}
