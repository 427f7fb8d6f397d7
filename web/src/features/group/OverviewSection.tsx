import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../components/Button";
import { Field } from "../../components/Field";
import type { Id } from "../../gateway/protocol";
import { openDialog, toast } from "../../state/ui";
import { upkeepOf } from "../../state/upkeep";
import { Ask } from "../dialogs/Ask";
import { useAccount, useMay, useMyId, useName, useParley, useWorld } from "../parley";
import type { SectionProps } from "./GroupSettings";
import { MemberField } from "./MemberField";
import { SaveBar } from "./SaveBar";
import { useDraft } from "./useDraft";

/** The group's name, one's own in it, and the ways out. */
export function OverviewSection({ groupId }: SectionProps) {
  const { t } = useTranslation();
  const parley = useParley();
  const upkeep = upkeepOf(parley);
  const me = useMyId();
  const may = useMay(groupId);
  const limits = useAccount((account) => account.server?.limits);
  const known = useWorld((world) => world.groups[groupId]);
  const owner = known?.group.owner_id === me;
  const { value, changes, dirty, set, reset } = useDraft({
    name: known?.group.name ?? "",
    nickname: known?.member.nickname ?? "",
  });
  const save = async (reason: string | undefined): Promise<void> => {
    if (changes.name !== undefined) await upkeep.rename(groupId, changes.name.trim(), reason);
    if (changes.nickname !== undefined)
      await upkeep.setNickname(groupId, me, changes.nickname.trim() || null);
  };
  return (
    <>
      <section className="form">
        <Field
          label={t("group.name")}
          value={value.name}
          maxLength={limits?.group_name_max ?? 100}
          autoComplete="off"
          disabled={!may("manage_group")}
          onChange={(event) => set({ name: event.target.value })}
          data-testid="group-name"
        />
        <Field
          label={t("overview.nickname")}
          hint={t("overview.nicknameHint")}
          value={value.nickname}
          maxLength={limits?.nickname_max ?? 48}
          autoComplete="off"
          disabled={!may("change_nickname")}
          onChange={(event) => set({ nickname: event.target.value })}
          data-testid="own-nickname"
        />
      </section>
      <Ownership groupId={groupId} owner={owner} />
      <section className="form settings-danger">
        {owner ? (
          <>
            <p className="soft">{t("overview.deleteHint")}</p>
            <Button
              className="danger-text"
              onClick={() => openDialog({ kind: "deleteGroup", groupId })}
              data-testid="group-delete"
            >
              {t("group.delete")}
            </Button>
          </>
        ) : (
          <Button
            className="danger-text"
            onClick={() => openDialog({ kind: "leaveGroup", groupId })}
            data-testid="group-leave"
          >
            {t("group.leave")}
          </Button>
        )}
      </section>
      <SaveBar dirty={dirty} valid={value.name.trim() !== ""} onReset={reset} onSave={save} />
    </>
  );
}

function Ownership({ groupId, owner }: { groupId: Id; owner: boolean }) {
  const { t } = useTranslation();
  const parley = useParley();
  const me = useMyId();
  const holder = useWorld((world) => world.groups[groupId]?.group.owner_id ?? "");
  const name = useName(holder, groupId);
  const [heir, setHeir] = useState<Id | null>(null);
  const [asking, setAsking] = useState(false);
  const heirName = useName(heir ?? "", groupId);
  return (
    <section className="form">
      <h2>{t("overview.owner")}</h2>
      <p className="soft">{owner ? t("overview.ownerYou") : t("overview.ownerIs", { name })}</p>
      {owner && (
        <>
          <MemberField
            groupId={groupId}
            label={t("overview.heir")}
            chosen={heir}
            onChange={setHeir}
            without={[me]}
          />
          <Button
            className="start"
            disabled={heir === null}
            onClick={() => setAsking(true)}
            data-testid="transfer"
          >
            {t("overview.transfer")}
          </Button>
        </>
      )}
      {asking && heir !== null && (
        <Ask
          title={t("overview.transferTitle")}
          text={t("overview.transferText", { name: heirName })}
          action={t("overview.transfer")}
          reasoned
          work={async (reason) => {
            await upkeepOf(parley).transfer(groupId, heir, reason);
            toast(t("overview.transferred", { name: heirName }));
          }}
          onClose={() => {
            setAsking(false);
            setHeir(null);
          }}
        />
      )}
    </section>
  );
}
