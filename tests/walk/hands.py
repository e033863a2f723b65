"""Two ways to use a page: with a pointer, and with nothing but the keyboard."""

MOST_TABS = 250


class Pointer:
    """Clicks and types, as most people do."""

    name = "pointer"

    def press(self, element):
        """Press a button or follow a link."""
        element.click()

    def write(self, element, text):
        """Replace what stands in a field."""
        element.fill(text)

    def choose(self, element):
        """Choose a radio button or tick a box."""
        element.check()

    def select(self, element, value):
        """Choose from a list by value."""
        element.select_option(value)


class Keyboard:
    """Tabs, types and presses keys; a place that can't be reached that way fails the test."""

    name = "keyboard"

    def reach(self, element):
        """Tab on until the focus is there."""
        page = element.page
        element.wait_for(state="attached")
        for _ in range(MOST_TABS):
            if element.evaluate("e => e === document.activeElement"):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard can't reach {element}")

    def press(self, element):
        """Press a button or follow a link."""
        self.reach(element)
        element.page.keyboard.press("Enter")

    def write(self, element, text):
        """Replace what stands in a field."""
        self.reach(element)
        element.page.keyboard.press("Control+A")
        element.page.keyboard.press("Delete")
        element.page.keyboard.type(text)

    def choose(self, element):
        """Choose a radio button or tick a box: into the group by Tab, to the choice by arrows."""
        kind, name = element.get_attribute("type"), element.get_attribute("name")
        page = element.page
        if kind != "radio":
            self.reach(element)
            if not element.is_checked():
                page.keyboard.press("Space")
            return
        group = page.locator(f'input[type=radio][name="{name}"]')
        for _ in range(MOST_TABS):
            if page.evaluate("n => document.activeElement.name === n", name):
                break
            page.keyboard.press("Tab")
        page.keyboard.press("Space")
        for _ in range(group.count()):
            if element.is_checked():
                return
            page.keyboard.press("ArrowDown")
        assert element.is_checked(), f"arrows can't choose {element}"

    def select(self, element, value):
        """Choose from a list by value, with the arrows."""
        self.reach(element)
        page = element.page
        page.keyboard.press("Home")
        for _ in range(element.locator("option").count()):
            if element.input_value() == value:
                return
            page.keyboard.press("ArrowDown")
        raise AssertionError(f"arrows can't choose {value}")
