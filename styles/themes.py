"""The two looks of the panel, as Textual themes."""

from textual.theme import Theme

DARK = Theme(
    name="customjobs-dark",
    dark=True,
    primary="#5b9bd5",
    secondary="#7f9cb8",
    accent="#e0b050",
    foreground="#d8dee6",
    background="#11161c",
    surface="#171d25",
    panel="#1f2731",
    success="#7cc57f",
    warning="#e5b567",
    error="#ec7a75",
    variables={
        "border": "#35485c",
        "border-blurred": "#2a3440",
        "block-cursor-background": "#2f5f8f",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#263442",
        "block-cursor-blurred-foreground": "#d8dee6",
        "input-selection-background": "#5b9bd5 45%",
        "footer-key-foreground": "#e0b050",
        "footer-background": "#1f2731",
        "footer-description-foreground": "#b8c4d0",
    },
)

LIGHT = Theme(
    name="customjobs-light",
    dark=False,
    primary="#1f5f99",
    secondary="#4a6a88",
    accent="#8a5a00",
    foreground="#1c2733",
    background="#e9edf1",
    surface="#fbfcfd",
    panel="#dde4ea",
    success="#1d6f2b",
    warning="#8a5a00",
    error="#b3261e",
    variables={
        "border": "#9fb2c4",
        "border-blurred": "#c4d0da",
        "block-cursor-background": "#1f5f99",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#d3e0ec",
        "block-cursor-blurred-foreground": "#1c2733",
        "input-selection-background": "#1f5f99 30%",
        "footer-key-foreground": "#8a5a00",
        "footer-background": "#dde4ea",
        "footer-description-foreground": "#33475a",
    },
)

THEMES = (DARK, LIGHT)
