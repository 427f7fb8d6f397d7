/** The parts of one's settings; each comes with a file of its own, loaded when it is first shown. */

import type { ComponentType, LazyExoticComponent } from "react";
import type { IconName } from "../../components/Icon";
import { lazily } from "../../components/lazily";

export type SettingsTopic = "account" | "app";

export interface SettingsSection {
  /** In the address; `settings.section.<name>` is its title. */
  name: string;
  topic: SettingsTopic;
  icon: IconName;
  Part: LazyExoticComponent<ComponentType>;
}

export const SECTIONS: readonly SettingsSection[] = [
  { name: "profile", topic: "account", icon: "person", Part: lazily(() => import("./Profile")) },
  {
    name: "account",
    topic: "account",
    icon: "at",
    Part: lazily(() => import("../account/AccountSection")),
  },
  { name: "security", topic: "account", icon: "shield", Part: lazily(() => import("../account/Security")) },
  { name: "privacy", topic: "account", icon: "lock", Part: lazily(() => import("./Privacy")) },
  { name: "factors", topic: "account", icon: "key", Part: lazily(() => import("../factors/FactorsSection")) },
  { name: "data", topic: "account", icon: "trash", Part: lazily(() => import("../account/YourData")) },
  { name: "look", topic: "app", icon: "smile", Part: lazily(() => import("./Look")) },
  { name: "notifications", topic: "app", icon: "bell", Part: lazily(() => import("./Notifications")) },
  { name: "voice", topic: "app", icon: "mic", Part: lazily(() => import("./VoiceSettings")) },
];
