import type { ComponentType } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "../../components/overlays";
import type { Id } from "../../gateway/protocol";
import type { Deed } from "../../state/ranks";
import { useName } from "../parley";
import { BanForm } from "./BanForm";
import { KickForm } from "./KickForm";
import { MemberRoles } from "./MemberRoles";
import { NicknameForm } from "./NicknameForm";
import { TimeOutForm } from "./TimeOutForm";
import "./members.css";

export interface DeedProps {
  groupId: Id;
  userId: Id;
  onClose: () => void;
}

const FORMS: Readonly<Record<Deed, ComponentType<DeedProps>>> = {
  nickname: NicknameForm,
  roles: MemberRoles,
  timeOut: TimeOutForm,
  kick: KickForm,
  ban: BanForm,
};

/** Something that is done to a member, with what there is to decide about it. */
export function MemberDialog({ deed, ...props }: DeedProps & { deed: Deed }) {
  const { t } = useTranslation();
  const name = useName(props.userId, props.groupId);
  const Form = FORMS[deed];
  const grave = deed === "kick" || deed === "ban";
  return (
    <Dialog
      title={t(`member.title.${deed}`, { name })}
      closeLabel={t("action.close")}
      onClose={props.onClose}
      alert={grave}
    >
      <Form {...props} />
    </Dialog>
  );
}
