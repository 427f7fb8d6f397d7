import i18next from "i18next";
import { Component, type ReactNode } from "react";

interface State {
  failed: boolean;
}

/** When drawing itself fails: say so, and offer to load again; drafts are kept. */
export class ErrorScreen extends Component<{ children: ReactNode }, State> {
  override state: State = { failed: false };

  static getDerivedStateFromError(): State {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <main className="blank full" role="alert">
        <h1>{i18next.t("crash.title")}</h1>
        <p>{i18next.t("crash.text")}</p>
        <button type="button" className="button primary" onClick={() => location.reload()}>
          {i18next.t("crash.reload")}
        </button>
      </main>
    );
  }
}
