import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../components/Button";
import { lazily } from "../../components/lazily";
import { useWide } from "../../components/useMedia";
import { ui } from "../../state/ui";
import { useSettings, useUi, useWorld } from "../parley";
import { MemberBones } from "./MemberBones";
import "./members.css";

const MemberList = lazily(() => import("./MemberList"));

/** The column of members beside a channel; a panel of its own on a narrow screen. */
export function Members({ groupId }: { groupId: string }) {
  const { t } = useTranslation();
  const wide = useWide();
  const shown = useSettings((settings) => settings.membersShown);
  const open = useUi((state) => state.membersOpen);
  const count = useWorld((world) => world.groups[groupId]?.memberCount ?? 0);
  if (!(wide ? shown : open)) return null;
  return (
    <aside className="members" aria-label={t("members.title")} data-testid="members">
      <header>
        <h2>{t("members.count", { count })}</h2>
        {!wide && (
          <IconButton
            icon="close"
            label={t("action.close")}
            onClick={() => ui.setState({ membersOpen: false })}
          />
        )}
      </header>
      <Suspense fallback={<MemberBones />}>
        <MemberList key={groupId} groupId={groupId} />
      </Suspense>
    </aside>
  );
}
