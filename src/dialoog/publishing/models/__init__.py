"""The tables of posts and deliveries; import them from here."""

from dialoog.publishing.models.delivery import Delivery, DeliveryStep
from dialoog.publishing.models.post import Media, Post, PostMedia, Variant

__all__ = ["Delivery", "DeliveryStep", "Media", "Post", "PostMedia", "Variant"]
