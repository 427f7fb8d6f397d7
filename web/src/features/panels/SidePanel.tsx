import { type ReactNode, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../components/Button";
import { lazily } from "../../components/lazily";
import type { Place } from "../../state/places";
import { type PanelKind, ui } from "../../state/ui";

const Search = lazily(() => import("../search/Search"));
const Pins = lazily(() => import("./Pins"));

/** What stands beside the conversation in place of its members: search, or pinned messages. */
export function SidePanel({ place, panel }: { place: Place; panel: PanelKind }) {
  const { t } = useTranslation();
  const title = t(panel === "search" ? "search.title" : "pins.title");
  return (
    <aside
      className="panel"
      aria-label={title}
      data-testid={`panel-${panel}`}
      onKeyDown={(event) => {
        if (event.key === "Escape") closePanel();
      }}
    >
      <header>
        <h2>{title}</h2>
        <IconButton icon="close" label={t("action.close")} onClick={closePanel} />
      </header>
      <Suspense fallback={<PanelBones />}>
        {panel === "search" ? <Search place={place} /> : <Pins key={place.id} place={place} />}
      </Suspense>
    </aside>
  );
}

function closePanel(): void {
  ui.setState({ panel: null });
  document.getElementById("composer")?.focus();
}

export function PanelBones(): ReactNode {
  return (
    <div className="panel-bones" aria-busy="true">
      {[80, 60, 72].map((width) => (
        <div className="bone" key={width} style={{ width: `${width}%` }} />
      ))}
    </div>
  );
}
